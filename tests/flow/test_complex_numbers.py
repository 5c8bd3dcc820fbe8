"""`sgn` and `angle`: steps of real numbers, and none of complex ones."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    "made",
    [
        "torch.view_as_complex(pred)",
        "torch.fft.rfft(pred)",
        "torch.stft(pred, 16, return_complex=True)",
        "torch.complex(pred[0], pred[1])",
        "torch.polar(pred.abs(), pred)",
    ],
)
@pytest.mark.parametrize("operator", ["torch.sgn(z)", "z.sgn()", "torch.angle(z)", "z.angle()"])
def test_a_complex_number_turns(made: str, operator: str) -> None:
    check(f"""
        def phase_loss(pred, target):
            z = {made}
            return ({operator} - target).abs().mean()
    """)


@pytest.mark.parametrize(
    "value",
    [
        "torch.angle(pred.float())",
        "torch.relu(pred).angle()",
        "torch.angle(self.head(pred))",
        "torch.sgn(pred)",
    ],
)
def test_a_real_number_jumps(value: str) -> None:
    check(f"""
        class Heading(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(2, 1)

            def loss(self, pred, target):
                heading = {value}  # want CR201 "step function"
                return F.mse_loss(heading, target)
    """)


def test_of_an_argument_nobody_knows() -> None:
    check("""
        def phase_loss(pred, target):
            return F.mse_loss(torch.angle(pred), target)

        def sign_loss(spectrum, target):
            return (torch.sgn(spectrum) - target).abs().mean()
    """)
