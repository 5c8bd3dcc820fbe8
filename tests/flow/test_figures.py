"""Functions that no name calls a metric, and whose results are only noted: and the same ones in a loss."""

from __future__ import annotations

from textwrap import dedent

import pytest

from chainrule.analysis import Analyzer, Options
from flow.checking import HEADER, check

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


_KEEPS = """
        from dataclasses import dataclass, field

        def near(pred, y):
            return ((pred - y).abs() < 0.5).float().mean(){want}

        {keeper}

        def train(model, data):
            seen = {made}
            for x, y in data:
                pred = model(x)
                loss = F.mse_loss(pred, y)
                {used}
                loss.backward()
"""
_METER = "class Meter:\n            def add(self, value, n):\n                self.total = float(value) * n"
_HOARD = "class Hoard:\n            def add(self, value, n):\n                self.kept.append(value)"
_RECORD = (
    "@dataclass\n        class Record:\n            by: dict\n\n            def note(self, pred, y):\n"
    "                print({name: each(pred, y).item() for name, each in self.by.items()})"
)
_WRAPPED = "def shown(pred, y):\n            return near(pred, y), pred.std()"


@pytest.mark.parametrize(
    ("keeper", "made", "used"),
    [
        (_METER, "Meter()", "seen.add(near(pred, y), len(y))"),
        (_RECORD, 'Record({"near": near})', "seen.note(pred, y)"),
        (_WRAPPED, "[]", "print(shown(pred, y)[0])"),
    ],
    ids=["method", "field", "function"],
)
def test_what_the_code_of_a_file_notes(keeper: str, made: str, used: str) -> None:
    check(_KEEPS.format(keeper=keeper, made=made, used=used, want=""))


@pytest.mark.parametrize(
    ("keeper", "made", "used"),
    [
        (_HOARD, "Hoard()", "seen.add(near(pred, y), len(y)); loss = loss + seen.kept[-1]"),
        (_RECORD, "near", "loss = loss + seen(pred, y)"),
        (_WRAPPED, "[]", "loss = loss + shown(pred, y)[0]"),
    ],
    ids=["method", "field", "function"],
)
def test_what_the_code_of_a_file_keeps_for_a_loss(keeper: str, made: str, used: str) -> None:
    check(_KEEPS.format(keeper=keeper, made=made, used=used, want="  # want CR103"))


def test_what_is_called_a_loss_and_given_values_without_graph() -> None:
    check("""
        def bucket_losses(per, t):
            sums = torch.zeros(4).index_add_(0, (t * 4).long(), per)
            return (sums / 4).tolist()

        def flow_loss(net, x, history):
            t = torch.rand(len(x))
            per = (net(x) - x).square().mean(-1)
            history.append(bucket_losses(per.detach(), t))
            return per.mean()
    """)


def test_measures_that_are_inverted_and_noted() -> None:
    check("""
        def ndcg_gap(scores, rel):
            return 1 - rel[scores.topk(3).indices].sum() / rel.topk(3).values.sum()

        def step(model, x, rel, board):
            scores = model(x).squeeze(-1)
            loss = -(F.softmax(rel, 0) * F.log_softmax(scores, 0)).sum()
            gap = ndcg_gap(scores, rel)
            if gap < board["best"]:
                board["best"] = gap.item()
            return loss
    """)


def test_places_that_a_matching_gives_as_an_array() -> None:
    check("""
        from scipy.optimize import linear_sum_assignment

        class Matched(nn.Module):
            @torch.no_grad()
            def match(self, boxes, logits, gt, labels):
                cost = torch.cdist(boxes, gt, p=1) - logits.softmax(-1)[:, labels]
                rows, cols = linear_sum_assignment(cost.cpu().numpy())
                return torch.as_tensor(rows), torch.as_tensor(cols)

            def forward(self, boxes, logits, gt, labels):
                rows, cols = self.match(boxes, logits, gt, labels)
                classes = torch.zeros(len(boxes), dtype=torch.long)
                classes[rows] = labels[cols]
                return F.cross_entropy(logits, classes) + F.l1_loss(boxes[rows], gt[cols]) / len(gt)
    """)


def test_a_copy_that_is_trained_for_its_original() -> None:
    check("""
        import copy

        def reptile_step(model, x, y):
            fast = copy.deepcopy(model)
            optimizer = torch.optim.SGD(fast.parameters(), lr=0.1)
            for _ in range(3):
                loss = F.mse_loss(fast(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                for p, q in zip(model.parameters(), fast.parameters()):
                    p += 0.1 * (q - p)
            return loss.item()

        net = nn.Linear(2, 1)
        for _ in range(3):
            print(reptile_step(net, torch.randn(5, 2), torch.randn(5, 1)))
    """)


@pytest.mark.parametrize(
    ("returned", "want"),
    [
        ('loss, {"near": near(pred, y)}', ""),
        ("loss, near(pred, y)", ""),
        ('{"loss": loss, "near": near(pred, y)}', ""),
        ("loss + near(pred, y)", "  # want CR103"),
        ("pred, near(pred, y)", "  # want CR103"),
        ('{"loss": loss, "near_loss": near(pred, y)}', "  # want CR103"),
    ],
)
def test_what_is_returned_beside_a_loss(returned: str, want: str) -> None:
    check(f"""
        def near(pred, y):
            return ((pred - y).abs() < 0.5).float().mean(){want}

        def step(model, x, y):
            pred = model(x)
            loss = F.mse_loss(pred, y)
            return {returned}
    """)


def test_what_else_the_file_does_with_it_is_asked_anew() -> None:
    program = HEADER + dedent("""
        def near(pred, y):
            return ((pred - y).abs() < 0.5).float().mean()

        class Meter:
            def add(self, value, n):
                {keep}

        def train(model, data):
            seen = Meter()
            for x, y in data:
                pred = model(x)
                loss = F.mse_loss(pred, y)
                {used}
                loss.backward()
    """)
    number, value = "self.last = float(value)", "self.kept.append(value)"
    noted, trained = "seen.add(near(pred, y), 2)", "loss = loss + near(pred, y)"
    analyzer = Analyzer(Options())
    for keep, used in [(number, noted), (value, noted), (number, noted), (number, trained), (number, noted)]:
        edited = program.format(keep=keep, used=used)
        expected = Analyzer(Options()).analyze(edited, "a.py").findings
        assert analyzer.analyze(edited, "a.py").findings == expected
        assert bool(expected) is ((keep, used) != (number, noted))
