"""What is 0 for ordinary data or at the start, and what stops the infinite slope there."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    "operand",
    [
        "(w * (pred - y) ** 2).sum(-1)",
        "((pred - y).pow(2) * w).mean(dim=1)",
        "(pred - y).square() @ w",
        'torch.einsum("ij,bj->bi", w, (pred - y) ** 2)',
        "torch.matmul(w, torch.stft(pred, 16, return_complex=True).real ** 2)",
        "w @ torch.stft(pred, 16, return_complex=True).abs() ** 2",
    ],
)
def test_weighted_squares_are_zero_whatever_the_weights(operand: str) -> None:
    check(f"""
        def metric_loss(pred, y, w):
            return torch.sqrt({operand}).mean()  # want CR301 "reaches"

        def log_metric_loss(pred, y, w):
            return torch.log({operand}).mean()  # want CR305 "reaches 0"

        def padded_loss(pred, y, w):
            return torch.sqrt({operand} + 1e-8).mean()
    """)


@pytest.mark.parametrize("operand", ["w * pred", "w @ pred.exp()", "(w * (pred - y)).sum()", "pred @ w @ y"])
def test_products_of_which_nothing_says_that_they_reach_zero(operand: str) -> None:
    check(f"""
        def metric_loss(pred, y, w):
            return torch.sqrt({operand}).mean()
    """)


@pytest.mark.parametrize(
    "off",
    [
        "torch.relu(pred)",
        "F.max_pool1d(F.relu(pred - y), 2)",
        "torch.cdist(pred, y)",
        "pred.std(-1, keepdim=True)",
        "F.pairwise_distance(pred, y, keepdim=True)",
    ],
)
def test_what_sends_nothing_back_from_its_zeros(off: str) -> None:
    check(f"""
        def unit_loss(pred, y):
            size = torch.sqrt(({off} ** 2).sum(1, keepdim=True))
            return (size - 1).abs().mean() + torch.sqrt({off}).mean()
    """)


@pytest.mark.parametrize("length", ["(pred - y).norm(dim=-1)", "pred.var(-1)", "(pred - y).abs()"])
def test_what_sends_back_the_infinite_slope_of_its_root(length: str) -> None:
    check(f"""
        def unit_loss(pred, y):
            return torch.sqrt({length}).mean()  # want CR301
    """)


def test_a_layer_that_starts_at_zero_below_a_relu() -> None:
    check("""
        class Aggregate(nn.Module):
            def __init__(self):
                super().__init__()
                self.gate = nn.Linear(5, 3, bias=False)
                self.out = nn.Linear(5, 1)
                nn.init.zeros_(self.gate.weight)
                nn.init.zeros_(self.out.weight)

            def loss(self, x, y):
                w = torch.relu(self.gate(x))  # want CR202 "starts beyond the bound.*`self.gate.weight`"
                return (w.sum(-1) + torch.relu(self.out(x)).sum(-1) - y).pow(2).mean()

            def open_loss(self, x, y):
                w = torch.sigmoid(self.gate(x))
                return (w.sum(-1) - y).pow(2).mean()
    """)


def test_the_mean_of_what_was_standardised() -> None:
    check("""
        def drift_loss(pred, factor):
            z = (pred - pred.mean(0)) / (pred.std(0) + 1e-6)
            drift = z.mean(0)  # want CR204 "own mean was taken from"
            return (drift - factor).pow(2).sum()

        def spread_loss(pred, factor):
            z = (pred - pred.mean(0)) / (pred.std(0) + 1e-6)
            return z.abs().mean() + (pred - pred.mean()).abs().mean() + (z * factor).mean(0).sum()
    """)


def test_moments_of_what_is_all_equal() -> None:
    check("""
        def skew_loss(x, wanted):
            d = x - x.mean(-1, keepdim=True)
            m2, m3 = d.pow(2).mean(-1), d.pow(3).mean(-1)
            skew = m3 / m2 ** 1.5  # want CR304 "together with the dividend, where all values are equal"
            return (skew - wanted).abs().mean()

        def padded_skew_loss(x, wanted):
            d = x - x.mean(-1, keepdim=True)
            m2, m3 = d.pow(2).mean(-1), d.pow(3).mean(-1)
            return (m3 / (m2 + 1e-6) ** 1.5 - wanted).abs().mean()
    """)


def test_the_largest_alone_under_a_softmax() -> None:
    check("""
        class Routed(nn.Module):
            def __init__(self, k=2):
                super().__init__()
                self.router, self.experts, self.k = nn.Linear(4, 3), nn.Parameter(torch.ones(3, 4)), k

            def loss(self, x, y):
                top, places = self.router(x).topk(1, dim=-1)
                gate = torch.softmax(top, dim=-1)  # want CR204 "single class"
                return ((gate.unsqueeze(-1) * self.experts[places]).sum(1) - y).pow(2).mean()

            def loss_of_several(self, x, y):
                top, places = self.router(x).topk(self.k, dim=-1)
                gate = torch.softmax(top, dim=-1)
                return ((gate.unsqueeze(-1) * self.experts[places]).sum(1) - y).pow(2).mean()
    """)


def test_the_length_of_what_a_relu_shut_off_as_a_divisor() -> None:
    check("""
        def hoyer_loss(pred, y):
            w = torch.relu(pred.abs() - 0.1)
            return (w.sum() / w.pow(2).sum().sqrt() - y).abs()  # want CR304 "the loss is NaN"

        def padded_hoyer_loss(pred, y):
            w = torch.relu(pred.abs() - 0.1)
            return (w.sum() / (w.pow(2).sum().sqrt() + 1e-8) - y).abs()
    """)


def test_a_linear_map_with_a_bias_that_starts_at_zero() -> None:
    check("""
        class Hidden(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.randn(8, 3))
                self.shift = nn.Parameter(torch.zeros(8))

            def loss(self, x, y):
                return F.mse_loss(F.relu(F.linear(x, self.weight, self.shift)), y)

        class Dead(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.zeros(8, 3))
                self.shift = nn.Parameter(torch.zeros(8))

            def loss(self, x, y):
                return F.mse_loss(F.relu(F.linear(x, self.weight, self.shift)), y)  # want CR202
    """)
