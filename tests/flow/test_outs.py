"""`out=` writes a result where autograd does not follow it; with gradients on, the call raises."""

from __future__ import annotations

from flow.checking import check


def test_a_result_that_is_written() -> None:
    check("""
        def gap_loss(pred, target):
            gap = torch.empty_like(target)
            torch.sub(pred, target, out=gap)  # want CR109 "`out=`, and the call raises: .* `pred`"
            return gap.square().mean()
    """)


def test_a_buffer_of_data_and_a_report() -> None:
    check("""
        def gap_loss(pred, target):
            shifted = torch.empty_like(target)
            torch.add(target, 1.0, out=shifted)
            return (pred - shifted).square().mean()

        def reported_loss(pred, target, buffer):
            with torch.no_grad():
                torch.sub(pred, target, out=buffer)
                print(buffer.abs().max())
            return F.mse_loss(pred, target)
    """)
