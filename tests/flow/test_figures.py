"""Functions that no name calls a metric, and whose results are only noted: and the same ones in a loss."""

from __future__ import annotations

import pytest

from flow.checking import check

_FIT = """
        def hard_dice(logits, target):
            mask = (logits.sigmoid() > 0.5).float(){want}
            return (2 * (mask * target).sum() + 1) / (mask.sum() + target.sum() + 1)

        def fit(model, data, goal, other):
            seen = []
            for x, y in data:
                out = model(x)
                loss = goal(out, y)
                score = other(out, y)
                loss.backward()
                seen.append(score.item())
            return sum(seen) / len(seen)

        def soft_dice(logits, target):
            mask = logits.sigmoid()
            return 1 - (2 * (mask * target).sum() + 1) / (mask.sum() + target.sum() + 1)

        model, data = nn.Linear(3, 1), []
        fit(model, data, {given})
"""


@pytest.mark.parametrize("given", ["soft_dice, hard_dice", "goal=soft_dice, other=hard_dice"])
def test_what_a_training_loop_only_notes(given: str) -> None:
    check(_FIT.format(given=given, want=""))


def test_what_a_training_loop_trains_by() -> None:
    check(_FIT.format(given="hard_dice, soft_dice", want="  # want CR103"))


_TABLE = """
        def rounded(pred, y):
            return (pred.round() - y).abs().mean(){want}

        def worst(pred, y):
            return (pred - y).abs().max()

        TABLE = {{"rounded": rounded, "worst": worst}}

        def train(model, data):
            for x, y in data:
                pred = model(x)
                loss = F.mse_loss(pred, y)
                {used}
                loss.backward()
"""


@pytest.mark.parametrize(
    "used",
    [
        "print({name: each(pred, y).item() for name, each in TABLE.items()})",
        'tracker.note("rounded", TABLE["rounded"](pred, y))',
        "if rounded(pred, y) < 1: break",
        "low = rounded(pred, y); print(f'{low:.2f}')",
        "low = rounded(pred, y); tracker.note(low, float(low))",
        "notes = {}; notes['low'] = rounded(pred, y); tracker.note(notes)",
    ],
)
def test_a_table_of_functions_to_report(used: str) -> None:
    check(_TABLE.format(used=used, want=""))


@pytest.mark.parametrize(
    "used",
    [
        "loss = loss + sum(each(pred, y) for each in TABLE.values())",
        'loss = loss + TABLE["rounded"](pred, y)',
        "low = rounded(pred, y); loss = loss + low",
        "notes = {}; notes['low'] = rounded(pred, y); loss = loss + sum(notes.values())",
    ],
)
def test_a_table_of_functions_to_train_by(used: str) -> None:
    check(_TABLE.format(used=used, want="  # want CR201"))


_BITS = """
        def bits(q):
            _, n = torch.unique(q, return_counts=True){want}
            p = n.float() / n.sum()
            return -(p * p.log2()).sum()

        def {caller}(net, wave, notes):
            made = net(wave)
            notes["bits"] = bits(made).item()
            return F.mse_loss(made, wave)
"""


def test_what_a_loss_notes() -> None:
    check(_BITS.format(caller="training_loss", want=""))


def test_what_is_shown_where_nothing_is_trained() -> None:
    check(_BITS.format(caller="demo", want="  # want CR112"))


def test_what_is_only_given_values_without_graph() -> None:
    check("""
        def collapse(z):
            return z.std(0).mean().item() * 2

        class Siamese(nn.Module):
            def __init__(self):
                super().__init__()
                self.net, self.level = nn.Linear(4, 4), 0.0

            def forward(self, a, b):
                u, v = self.net(a), self.net(b)
                self.level = 0.9 * self.level + 0.1 * collapse(u.detach())
                return -F.cosine_similarity(u, v.detach(), dim=-1).mean()
    """)


def test_objects_that_are_called_for_a_figure() -> None:
    check("""
        class HardDice(nn.Module):
            def forward(self, logits, target):
                mask = (logits > 0).float()
                return (mask * target).mean()

        class Trainer:
            def __init__(self, model, tracker):
                self.model, self.tracker = model, tracker
                self.hard = HardDice()

            def step(self, x, y):
                out = self.model(x)
                loss = F.binary_cross_entropy_with_logits(out, y)
                loss.backward()
                self.tracker.note("dice", self.hard(out, y))
    """)


def test_methods_that_are_called_for_a_figure() -> None:
    check("""
        class Coder(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)

            def usage(self, codes):
                return torch.histc(codes, 8).gt(0).float().mean()

            def training_loss(self, x):
                codes = self.net(x)
                self.log("usage", self.usage(codes))
                return F.mse_loss(codes, x)
    """)
