"""Settings are what their defaults say where nobody says otherwise: what that costs a loss is told."""

from __future__ import annotations

import pytest

from chainrule import analyze
from chainrule.findings import Severity
from flow.checking import check

_DICE = """
        class {name}(nn.Module):
            def __init__(self, {parameter}):
                super().__init__()
                self.chosen = {parameter}

            def forward(self, pred, mask):
                pred = torch.sigmoid(pred)
                if {test}:
                    pred = {value}{want}
                return 1 - 2 * (pred * mask).sum() / (pred.sum() + mask.sum() + 1)
"""


def _dice(parameter: str, test: str, value: str, want: str, name: str) -> str:
    named = parameter.partition("=")[0]
    text = _DICE.format(name=name, parameter=parameter, test=test, value=value, want=want)
    return text.replace(f"self.chosen = {parameter}", f"self.chosen = {named}")


@pytest.mark.parametrize("name", ["LeafDice", "LeafDiceLoss"])
@pytest.mark.parametrize(
    ("parameter", "test"),
    [
        ("hard=True", "self.chosen"),
        ("soft=False", "not self.chosen"),
        ("level=0.5", "self.chosen is not None"),
        ("level=0.5", "self.chosen"),
        ("mode='hard'", "self.chosen == 'hard'"),
        ("mode='hard'", "self.chosen in ('hard', 'binary')"),
        ("level=0.5", "self.chosen is not None and self.chosen > 0"),
    ],
)
def test_a_default_that_loses_the_gradient(parameter: str, test: str, name: str) -> None:
    check(_dice(parameter, test, "(pred > 0.5).float()", f'  # want CR103 "default `{parameter}`"', name))


@pytest.mark.parametrize("name", ["LeafDice", "LeafDiceLoss"])
@pytest.mark.parametrize(
    ("parameter", "test"),
    [
        ("hard=False", "self.chosen"),
        ("soft=True", "not self.chosen"),
        ("level=None", "self.chosen is not None"),
        ("mode='soft'", "self.chosen == 'hard'"),
    ],
)
def test_a_mode_that_somebody_has_to_ask_for(parameter: str, test: str, name: str) -> None:
    check(_dice(parameter, test, "(pred > 0.5).float()", "", name))
    check(_dice(parameter, test, "pred.detach()", "", name))


def test_it_is_an_error_where_nothing_is_left() -> None:
    text = _dice("hard=True", "self.chosen", "(pred > 0.5).float()", "", "LeafDice")
    lines = "\n".join(line.removeprefix(" " * 8) for line in text.splitlines())
    (found,) = analyze(f"import torch\nfrom torch import nn\n{lines}").findings
    assert found.severity is Severity.ERROR
    assert found.message.endswith("no gradient reaches `pred` (with the default `hard=True`)")


def test_a_straight_through_default() -> None:
    check("""
        class Router(nn.Module):
            def __init__(self, hard=True):
                super().__init__()
                self.score, self.hard = nn.Linear(4, 3), hard

            def loss(self, x, y):
                soft = self.score(x).softmax(-1)
                if self.hard:
                    soft = F.one_hot(soft.argmax(-1), 3).float() - soft.detach() + soft
                return F.mse_loss(soft, y)
    """)


def test_what_the_file_sets_itself() -> None:
    soft = _dice("hard=True", "self.chosen", "(pred > 0.5).float()", "", "LeafDice")
    check(soft + "\n        criterion = LeafDice(hard=False)\n")
    check(soft + "\n        criterion = LeafDice(False)\n")
    told = _dice("hard=True", "self.chosen", "(pred > 0.5).float()", '  # want CR103 "default"', "LeafDice")
    check(told + "\n        criterion = LeafDice(hard=True)\n")


def test_what_a_training_changes() -> None:
    check("""
        class LeafDice(nn.Module):
            def __init__(self, hard=True):
                super().__init__()
                self.hard = hard

            def warm_up(self):
                self.hard = False

            def forward(self, pred, mask):
                pred = (pred > 0.5).float() if self.hard else pred.sigmoid()
                return 1 - 2 * (pred * mask).sum() / (pred.sum() + mask.sum() + 1)
    """)


def test_an_argument_of_the_loss_itself() -> None:
    check("""
        def code_loss(latent, signal, rounding=True):
            if not rounding:
                coded = latent
            else:
                coded = latent.round()  # want CR201 "default `rounding=True`"
            return (coded - signal).pow(2).mean()

        def soft_code_loss(latent, signal, rounding=False):
            coded = latent.round() if rounding else latent
            return (coded - signal).pow(2).mean()
    """)


def test_a_field_of_a_configuration() -> None:
    check("""
        from dataclasses import dataclass

        @dataclass
        class Settings:
            levels: int = 4
            noise: bool = False

        def code_loss(latent, signal, settings=Settings()):
            if settings.noise:
                return (latent + torch.rand_like(latent) - signal).square().mean()
            return (latent.round() - signal).square().mean()  # want CR201 "default `noise=False`"
    """)


def test_a_function_that_is_looked_up() -> None:
    check("""
        def smooth(code):
            return code.abs().sum()

        def active(code):
            return torch.count_nonzero(code) / len(code)  # want CR109 "term .* default `kind='active'`"

        PENALTIES = {"smooth": smooth, "active": active}

        class Coder(nn.Module):
            def __init__(self, kind="active"):
                super().__init__()
                self.encode, self.penalty = nn.Linear(4, 4), PENALTIES[kind]

            def objective(self, x):
                code = self.encode(x)
                return (code - x).square().mean() + 0.1 * self.penalty(code)
    """)


def test_a_match() -> None:
    check("""
        class Pooled(nn.Module):
            def __init__(self, how="count"):
                super().__init__()
                self.how = how

            def loss(self, scores, wanted):
                match self.how:
                    case "mean":
                        pooled = scores.mean()
                    case "count" | "number":
                        pooled = (scores > 0).float().sum()  # want CR103 "default `how='count'`"
                    case _:
                        pooled = scores.sum()
                return (pooled - wanted).abs()
    """)


def test_a_number_that_only_scales() -> None:
    check("""
        class Clipped(nn.Module):
            def __init__(self, limit=None, weight=2.0):
                super().__init__()
                self.limit, self.weight = limit, weight

            def forward(self, pred, target):
                error = (pred - target).abs()
                if self.limit is not None:
                    error = error[error < self.limit]
                return self.weight * error.mean() if self.weight else error.mean()
    """)


def test_a_method_that_is_chosen_by_its_name() -> None:
    check("""
        class BinLoss(nn.Module):
            def __init__(self, how="hard", level=0.5):
                super().__init__()
                self.how, self.level = how, level

            def _soft(self, v):
                return torch.sigmoid(10 * (v - self.level))

            def _hard(self, v):
                return (v > self.level).float()  # want CR103 "default `how='hard'`"

            def forward(self, values, wanted):
                return (getattr(self, f"_{self.how}")(values).mean() - wanted).square()

        class SoftBinLoss(BinLoss):
            def __init__(self):
                super().__init__(how="soft")
    """)


def test_a_member_of_an_enumeration() -> None:
    check("""
        import enum

        class Reading(enum.Enum):
            HARD = "hard"
            SOFT = "soft"

        class Gauge(nn.Module):
            def __init__(self, reading=Reading.HARD):
                super().__init__()
                self.reading = reading

            def forward(self, dial, degrees):
                if self.reading is Reading.SOFT:
                    angle = (dial.softmax(-1) * torch.arange(36.0)).sum(-1)
                else:
                    angle = dial.argmax(-1).float()  # want CR104 "default `reading='hard'`"
                return (angle - degrees).abs().mean()
    """)


def test_modules_train_by_default() -> None:
    check("""
        class Counter(nn.Module):
            def __init__(self, rounded=True):
                super().__init__()
                self.net, self.rounded = nn.Linear(4, 1), rounded

            def forward(self, x):
                n = F.softplus(self.net(x)).squeeze(-1)
                if self.rounded and not self.training:
                    n = n.round()
                return n

            def loss(self, x, counted):
                return (self(x) - counted).abs().mean()
    """)


def test_a_subclass_that_hands_its_setting_over() -> None:
    check("""
        class Overlap(nn.Module):
            def __init__(self, hard=False):
                super().__init__()
                self.hard = hard

            def forward(self, pred, mask):
                p = pred.sigmoid()
                if self.hard:
                    p = (p > 0.5).float()  # want CR103 "no gradient reaches `pred`"
                return 1 - 2 * (p * mask).sum() / (p.sum() + mask.sum() + 1)

        class Hard(Overlap):
            def __init__(self):
                super().__init__(hard=True)
    """)


def test_a_table_with_a_default_of_its_own() -> None:
    check("""
        def hard(t):
            return (t > 0).float()  # want CR103 "default `mode='hard'`"

        MODES = {"hard": hard, "soft": torch.sigmoid}

        class Gated(nn.Module):
            def __init__(self, mode="hard"):
                super().__init__()
                self.act = MODES.get(mode, torch.sigmoid)

            def forward(self, pred, y):
                return (self.act(pred) - y).square().mean()
    """)


def test_members_without_values_of_their_own() -> None:
    check("""
        from enum import Enum, auto

        class Mode(Enum):
            CONTINUOUS = auto()
            DISCRETE = auto()

        class Codec(nn.Module):
            def __init__(self, mode=Mode.DISCRETE):
                super().__init__()
                self.mode = mode

            def forward(self, pred, target):
                if self.mode == Mode.DISCRETE:
                    pred = pred.round()  # want CR201 "default `mode=Mode.DISCRETE`"
                return F.mse_loss(pred, target)
    """)


def test_a_flag_that_methods_change() -> None:
    check("""
        class Codes(nn.Module):
            def __init__(self):
                super().__init__()
                self.lin = nn.Linear(4, 2)
                self.hard = True

            def train(self, mode=True):
                super().train(mode)
                self.hard = not mode
                return self

            def loss(self, x, y):
                p = self.lin(x).sigmoid()
                if self.hard:
                    p = p.round()
                return F.mse_loss(p, y)
    """)


def test_a_figure_by_default() -> None:
    check("""
        def rmse(pred, target, scalar=True):
            error = ((pred - target) ** 2).mean()
            return error.item() if scalar else error

        def total_loss(pred, target):
            parts = [rmse(p, t, scalar=False) for p, t in zip(pred.split(2), target.split(2))]
            return torch.stack(parts).mean()
    """)


def test_two_losses_that_keep_a_setting_of_one_name() -> None:
    check("""
        class FirstLoss(nn.Module):
            def __init__(self, reduction="mean"):
                super().__init__()
                self.reduction = reduction

            def forward(self, pred, target):
                gap = (pred - target).square()
                if self.reduction == "mean":
                    return gap.mean().long()  # want CR108
                return gap

        class SecondLoss(nn.Module):
            def __init__(self, reduction="mean"):
                super().__init__()
                self.reduction = reduction

            def forward(self, pred, target):
                gap = (pred - target).abs()
                return gap.mean() if self.reduction == "mean" else gap
    """)


def test_a_reduction_is_no_mode_of_its_own() -> None:
    check("""
        class SoftTargets(nn.Module):
            def __init__(self, reduction="mean"):
                super().__init__()
                self.reduction = reduction

            def forward(self, logits, target):
                loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
                if self.reduction == "mean":
                    return torch.tensor(loss.mean())  # want CR107 "default `reduction='mean'`"
                if self.reduction == "sum":
                    return loss.sum()
                return loss
    """)


def test_a_branch_that_no_setting_with_a_default_decides() -> None:
    check("""
        class Reduced(nn.Module):
            def __init__(self, size, reduction, width=3):
                super().__init__()
                self.size, self.reduction, self.width = size, reduction, width

            def forward(self, pred, target):
                loss = (pred - target).abs() * (2.0 if self.width > 3 else 1.0)
                if self.reduction == self.size.mean:
                    loss = loss.mean().data  # want CR101 "where this branch is taken"
                elif self.reduction == self.size.total:
                    loss = loss.sum()
                return loss

        wide = Reduced(SIZES, "mean", width=5)
    """)


def test_a_setting_that_is_called_after_what_its_branch_does() -> None:
    check("""
        class OverlapLoss(nn.Module):
            def __init__(self, softmax=False):
                super().__init__()
                self.softmax = softmax

            def forward(self, input, target):
                if self.softmax:
                    input = torch.softmax(input, 1).round()  # want CR201 "where this branch is taken"
                return 1 - (input * target).sum() / (input + target).sum()

        class SignedLoss(nn.Module):
            def __init__(self, sign=False):
                super().__init__()
                self.sign = sign

            def forward(self, input, target):
                if self.sign:
                    input = torch.sign(input)
                return 1 - (input * target).sum() / (input + target).sum()
    """)


def test_what_is_lost_by_default_and_where_the_file_sets_it() -> None:
    check("""
        class Permuted(nn.Module):
            def __init__(self, loss_func, kind="pairs"):
                super().__init__()
                self.loss_func, self.kind = loss_func, kind

            def forward(self, est_targets, targets):
                if self.kind == "mean":
                    least = (est_targets - targets).square().mean(-1)
                    mean_loss = least.mean()
                    return mean_loss
                least = (est_targets[:, None] - targets[None]).square().mean(-1).amin(1)
                mean_loss = least.mean().detach()  # want CR101
                return mean_loss

        PermutedLoss = Permuted(F.mse_loss, kind="mean")
    """)


def test_what_is_lost_where_something_is_given() -> None:
    check("""
        class ScaledLoss(nn.Module):
            def __init__(self, scales=None):
                super().__init__()
                self.scales = scales

            def forward(self, pred, y):
                if self.scales is None:
                    return F.mse_loss(pred, y)
                parts = [F.mse_loss(F.avg_pool1d(pred, s), F.avg_pool1d(y, s)) for s in self.scales]
                return torch.stack(parts).mean().item()  # want CR105

        class CutLoss(nn.Module):
            def __init__(self, threshold=None):
                super().__init__()
                self.threshold = threshold

            def forward(self, pred, y):
                if self.threshold is None:
                    return 1 - (pred * y).mean()
                return 1 - ((pred > self.threshold).float() * y).mean()
    """)


def test_an_activation_that_writes_in_place_by_default() -> None:
    check("""
        class Fuse(nn.Module):
            def __init__(self, inplace=True):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(2))
                self.act = nn.ReLU(inplace=inplace)

            def loss(self, a, b, y):
                w = self.act(self.weight)  # want CR502
                return F.l1_loss(w[0] * a + w[1] * b, y)

        class Careful(nn.Module):
            def __init__(self, inplace=False):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(2))
                self.act = nn.ReLU(inplace=inplace)

            def loss(self, a, b, y):
                w = self.act(self.weight)
                return F.l1_loss(w[0] * a + w[1] * b, y)
    """)
