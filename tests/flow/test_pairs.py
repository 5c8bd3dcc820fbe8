"""Distances of a set from itself: 0 on the diagonal, and no hazard where the diagonal is left out first."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    ("one", "other"),
    [("x[:, None]", "x[None]"), ("x.unsqueeze(1)", "x.unsqueeze(0)"), ("x.view(n, 1, -1)", "x")],
)
def test_a_divisor_that_is_zero_on_the_diagonal(one: str, other: str) -> None:
    check(f"""
        def repulsion_loss(x):
            n = len(x)
            inverse = 1 / ({one} - {other}).square().sum(-1)  # want CR304 "paired with itself"
            return inverse[~torch.eye(n, dtype=torch.bool)].sum()
    """)


def test_an_inverse_power_of_it() -> None:
    check("""
        def energy_loss(x):
            square = ((x[:, None] - x[None]) ** 2).sum(-1)
            return (square ** -3).triu(1).sum()  # want CR304 "paired with itself"
    """)


def test_guards_of_the_diagonal() -> None:
    check("""
        def energy_loss(x):
            square = ((x[:, None] - x[None]) ** 2).sum(-1)
            filled = square.masked_fill(torch.eye(len(x), dtype=torch.bool), 1.0)
            return (1 / filled).sum() + (1 / (square + torch.eye(len(x)))).sum() + (1 / (square + 1e-3)).sum()
    """)


def test_distances_that_have_a_slope_of_zero_there() -> None:
    check("""
        def energy_loss(x):
            length = (x[:, None] - x[None]).norm(dim=-1)
            return (1 / torch.cdist(x, x)).triu(1).sum() + length.triu(1).sum()

        def reciprocal_loss(x):
            length = (x[:, None] - x[None]).norm(dim=-1)
            return (1 / length).triu(1).sum()  # want CR304 "paired with itself"
    """)


def test_the_only_argument_is_what_learns() -> None:
    check("""
        def stress_loss(y, wanted):
            distance = (y.unsqueeze(1) - y.unsqueeze(0)).pow(2).sum(-1).sqrt()  # want CR301 "`y`"
            return (distance - wanted)[~torch.eye(len(y), dtype=torch.bool)].abs().mean()

        def uniformity_loss(y):
            distance = (y[:, None] - y[None]).pow(2).sum(-1).sqrt()  # want CR301 "`y`"
            return torch.exp(-distance).mean()
    """)


@pytest.mark.parametrize(
    "difference",
    [
        "x[i] - x[j] for i in range(n) for j in range(i + 1, n)",
        "x[i] - x[j] for i in range(n) for j in range(n) if i != j",
        "x[i] - x[j] for i, j in itertools.combinations(range(n), 2)",
        "a - b for a, b in itertools.combinations(x, 2)",
    ],
)
def test_pairs_of_two_different_elements(difference: str) -> None:
    pair, _, loop = difference.partition(" for ")
    check(f"""
        import itertools

        def spread_loss(x):
            n = len(x)
            return -sum((({pair}) ** 2).sum().sqrt() for {loop})
    """)


@pytest.mark.parametrize(
    "indices",
    [
        "torch.triu_indices(len(x), len(x), offset=1)",
        "torch.tril_indices(len(x), len(x), -1)",
        "torch.combinations(torch.arange(len(x))).unbind(1)",
        "torch.where(~torch.eye(len(x), dtype=torch.bool))",
    ],
)
def test_indices_without_the_diagonal(indices: str) -> None:
    check(f"""
        def spread_loss(x):
            i, j = {indices}
            table = (x[:, None] - x[None]).pow(2).sum(-1)
            return -(x[i] - x[j]).pow(2).sum(-1).sqrt().mean() - table[i, j].sqrt().mean()
    """)


def test_indices_with_the_diagonal() -> None:
    check("""
        def spread_loss(x):
            i, j = torch.triu_indices(len(x), len(x))
            return -(x[i] - x[j]).pow(2).sum(-1).sqrt().mean()  # want CR301 "infinite at 0"
    """)


def test_what_is_compared_with_itself_are_labels() -> None:
    check("""
        class Reid(nn.Module):
            def __init__(self):
                super().__init__()
                self.backbone, self.head = nn.Linear(8, 5), nn.Linear(5, 4)

            def loss(self, x, pid):
                feat = self.backbone(x).detach()  # want CR101 "self.backbone.weight"
                same = pid[:, None] == pid
                distance = torch.cdist(feat, feat)
                triplet = torch.relu((distance * same).amax(1) - (distance + 9.0 * same).amin(1)).mean()
                return F.cross_entropy(self.head(feat), pid) + triplet
    """)


def test_a_trade_off_that_is_nothing_of_nothing() -> None:
    check("""
        def ratio_loss(pred, target):
            iou = (pred * target).sum(1)
            v = (pred - target).pow(2).sum(1)
            alpha = v / (1 - iou + v)  # want CR304 "together with the dividend"
            return (1 - iou + alpha * v).mean()

        def kept_loss(pred, target):
            iou = (pred * target).sum(1)
            v = (pred - target).pow(2).sum(1)
            return (1 - iou + v / (1 - iou + v + 1e-7) * v).mean()
    """)
