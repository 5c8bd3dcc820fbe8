"""Losses made into functions: what is written, and that it computes and trains the same under torch."""

from __future__ import annotations

import pytest

from chainrule.extraction import extraction_at
from chainrule.findings import Position, Range
from extraction.running import extracted, run

SCRIPT = """\
import torch
import torch.nn.functional as F

net = torch.nn.Linear(3, 2)
opt = torch.optim.SGD(net.parameters(), 0.1)
data = [(torch.randn(4, 3), torch.randn(4, 2)) for _ in range(3)]
"""

LOOP = (
    SCRIPT
    + """
for x, y in data:
    opt.zero_grad()
    # Forward.
    pred = net(x)
    # The residual, squared.
    err = pred - y   # kept

    loss = (err ** 2).mean()
    loss = loss + 0.1 * \\
        pred.abs().mean()
    loss.backw<cursor>ard()
    print(err.mean())
    opt.step()
"""
)
LOOP_AFTER = (
    SCRIPT
    + """

def train_loss(pred, y):
    # The residual, squared.
    err = pred - y   # kept

    loss = (err ** 2).mean()
    loss = loss + 0.1 * \\
        pred.abs().mean()
    return loss, err


for x, y in data:
    opt.zero_grad()
    # Forward.
    pred = net(x)
    loss, err = train_loss(pred, y)
    loss.backward()
    print(err.mean())
    opt.step()
"""
)

METHOD = """\
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.weight = nn.Linear(3, 2), 0.5

    def training_step(self, batch, index):
        x, y = batch
        logits = self.net(x)
        ce = nn.functional.cross_entropy(
            logits,
            y,  # classes
        )
        loss = ce + self.weight * logits.square().mean()<cursor>
        print(index)
        return {"loss": loss, "seen": len(x)}


out = Model().training_step((torch.randn(4, 3), torch.tensor([0, 1, 1, 0])), 7)
out["loss"].backward()
"""
METHOD_AFTER = METHOD.replace(
    """\
    def training_step(self, batch, index):
        x, y = batch
        logits = self.net(x)
        ce = nn.functional.cross_entropy(
            logits,
            y,  # classes
        )
        loss = ce + self.weight * logits.square().mean()<cursor>
""",
    """\
    def training_loss(self, logits, y):
        ce = nn.functional.cross_entropy(
            logits,
            y,  # classes
        )
        return ce + self.weight * logits.square().mean()

    def training_step(self, batch, index):
        x, y = batch
        logits = self.net(x)
        loss = self.training_loss(logits, y)
""",
)

EXPRESSION = (
    SCRIPT
    + """
def train(model, steps, scale):
    for (x, y), _ in zip(data, range(steps)):
        out = model(x)
        (
            F.mse_loss(out, y)  # data
            + scale * out.abs().mean()
        ).backward()<cursor>
        opt.step()


if __name__ == "__main__":
    train(net, 2, 0.1)
"""
)
EXPRESSION_AFTER = EXPRESSION.replace(
    """\
        (
            F.mse_loss(out, y)  # data
            + scale * out.abs().mean()
        ).backward()<cursor>
""",
    "        (\n            train_loss(out, y, scale)\n        ).backward()\n",
).replace(
    "\ndef train(",
    """

def train_loss(out, y, scale):
    return (F.mse_loss(out, y)  # data
        + scale * out.abs().mean())


def train(""",
)

TABS = (
    SCRIPT
    + """
def train():
\tfor x, y in data:
\t\twith torch.autocast("cpu", enabled=False):
\t\t\tpred = net(x)
\t\t\tmask = y > 0
\t\t\tloss = 0
\t\t\tfor p, t, m in zip(pred, y, mask):
\t\t\t\tif m.any():
\t\t\t\t\tloss += (p - t)[m].square().sum()
\t\tloss.backward()<cursor>

train()
"""
)
TABS_AFTER = TABS.replace(
    """\
\t\t\tmask = y > 0
\t\t\tloss = 0
\t\t\tfor p, t, m in zip(pred, y, mask):
\t\t\t\tif m.any():
\t\t\t\t\tloss += (p - t)[m].square().sum()
\t\tloss.backward()<cursor>
""",
    "\t\t\tloss = train_loss(y, pred)\n\t\tloss.backward()\n",
).replace(
    "\ndef train(",
    """

def train_loss(y, pred):
\tmask = y > 0
\tloss = 0
\tfor p, t, m in zip(pred, y, mask):
\t\tif m.any():
\t\t\tloss += (p - t)[m].square().sum()
\treturn loss


def train(""",
)

SELECTED = (
    SCRIPT
    + """
ALPHA = 0.3
criterion = torch.nn.HuberLoss()
step = 0
for x, y in data:
<select>    pred = net(x)
    step += 1
    loss = ALPHA * criterion(pred, y) / step</select>
    loss.backward()
    print(step)
"""
)
SELECTED_AFTER = SELECTED.replace(
    """\
<select>    pred = net(x)
    step += 1
    loss = ALPHA * criterion(pred, y) / step</select>
""",
    "    loss, step = train_loss(x, step, y)\n",
).replace(
    "for x, y in data:",
    """

def train_loss(x, step, y):
    pred = net(x)
    step += 1
    loss = ALPHA * criterion(pred, y) / step
    return loss, step


for x, y in data:""",
)

CASES = {
    "a training loop in a script": (LOOP, LOOP_AFTER),
    "a training step whose loss needs its object": (METHOD, METHOD_AFTER),
    "an expression that is trained": (EXPRESSION, EXPRESSION_AFTER),
    "tabs, in a with, through a loop": (TABS, TABS_AFTER),
    "selected statements": (SELECTED, SELECTED_AFTER),
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("before, after", CASES.values(), ids=CASES)
def test_what_is_written(before: str, after: str, end: str) -> None:
    _, found, changed = extracted(before, end=end)
    assert found is not None and not found.reason
    assert changed == after.replace("\n", end)


@pytest.mark.parametrize("before", [before for before, _ in CASES.values()], ids=CASES)
def test_it_trains_the_same(before: str) -> None:
    plain, _, changed = extracted(before)
    first = run(plain)
    assert first.noted and not first.error
    assert run(changed).differs(first) == ""


AROUND = """\
import torch


def fit(x, y, w, rounds=2, done=lambda: False):
    import torch.nn.functional as F

    best, kept, total = None, [], 0.0
    for number in range(rounds):
        CODE
        loss.backward()
        total += loss.item()
    return total, best, kept


w = torch.ones(3, requires_grad=True)
x, y = torch.randn(4, 3), torch.rand(4)
print(fit(x, y, w))
"""

OFFERED = {
    "a name that is bound only sometimes, and before": (
        "p = (x @ w).sigmoid()\nif number > 0:\n    best = p.sum().item()\nloss = (p - y).square().sum()",
        "fit_loss(x, w, number, y, best)",
        "loss, best",
    ),
    "what the next round reads": (
        "if best is None:\n    best = x.abs().sum()\nloss = (x @ w / best - y).abs().mean()",
        "fit_loss(best, x, w, y)",
        "loss, best",
    ),
    "an import of the function": ("loss = F.mse_loss(x @ w, y)", "fit_loss(x, w, y)", "loss"),
    "a list that is filled": (
        "parts = []\nfor row, t in zip(x, y):\n    parts.append((row @ w - t) ** 2)\nloss = sum(parts)",
        "fit_loss(x, y, w)",
        "loss",
    ),
    "an early end within": (
        "loss = 0\nfor r, t in zip(x, y):\n    if t > 2:\n        continue\n    loss = loss + (r @ w) ** t",
        "fit_loss(x, y, w)",
        "loss",
    ),
    "a comprehension with names of its own": (
        "loss = torch.stack([(row @ w - t) ** 2 for row, t in zip(x, y)]).mean()",
        "fit_loss(w, x, y)",
        "loss",
    ),
    "a function that is made and used within": (
        "def gap(p):\n    return (p - y).abs() / (number + 1)\nloss = gap(x @ w).sum()",
        "fit_loss(y, number, x, w)",
        "loss",
    ),
    "errors that are caught": (
        "try:\n    loss = (x @ w - y[:3]).sum()\nexcept RuntimeError as e:\n    loss = w.sum()\n    print(e)",
        "fit_loss(x, w, y)",
        "loss",
    ),
    "a string over several lines": (
        'note = """  a\n  b"""\nloss = ((x @ w - y) ** 2).mean() * len(note)',
        "fit_loss(x, w, y)",
        "loss",
    ),
    "a name that is given and changed": (
        "kept = kept + [number]\nloss = (x @ w - y).square().mean() * len(kept)",
        "fit_loss(kept, number, x, w, y)",
        "loss, kept",
    ),
}


def _around(code: str) -> str:
    lines = code.split("\n")
    inside = [lines[0], *(line if line.startswith("  b") else f"        {line}" for line in lines[1:])]
    return AROUND.replace("CODE", "<select>" + "\n".join(inside) + "</select>")


@pytest.mark.parametrize("code, call, names", OFFERED.values(), ids=OFFERED)
def test_what_goes_in_and_out(code: str, call: str, names: str) -> None:
    plain, found, changed = extracted(_around(code))
    assert found is not None and not found.reason
    assert f"        {names} = {call}\n        loss.backward()" in changed
    first = run(plain)
    assert first.noted and not first.error
    assert run(changed).differs(first) == ""


REFUSED = {
    "if done():\n    break\nloss = (x @ w - y).abs().mean()": "`break` leaves the code of the loss.",
    "if done():\n    return 0\nloss = (x @ w - y).abs().mean()": "`return` leaves the code of the loss.",
    "row = yield number\nloss = (x @ w - row).abs().mean()": "`yield` leaves the code of the loss.",
    "global seen\nseen = number\nloss = (x @ w - y).abs().mean()": "another scope",
    "loss = (x @ w - y).abs().mean()\ndel x": "The code of the loss deletes a variable.",
    "loss = (x @ w - y).abs().mean() * len(locals())": "`locals()` looks at the variables around",
    "if number:\n    last = y\nelse:\n    last = extra\nloss = (x @ w - last).abs().mean()\nextra = last": (
        "`extra` may have no value where"
    ),
    "w.register_hook(lambda g: g * number)\nloss = (x @ w - y).abs().mean()": "keeps `number`, which changes",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_has_to_stay_says_why(code: str) -> None:
    plain, found, changed = extracted(_around(code))
    assert found is not None and not found.edits and changed == plain
    assert REFUSED[code] in found.reason


def test_a_line_that_is_shared_has_to_stay() -> None:
    _, found, _ = extracted("x = 1; loss = (x @ w).sum(); loss.backward()<cursor>\n")
    assert found is not None and "shares a line" in found.reason


NOTHING = {
    "a loss that has its function already": (
        "def gap(x, w):\n    return (x @ w).sum()\n\nloss = gap(x, w)\nloss.backward()<cursor>\n"
    ),
    "a loss from elsewhere": "out = net(x)\nout.loss.backward()<cursor>\n",
    "a cursor elsewhere": "y<cursor> = x * 2\nloss = (x @ w).sum()\nprint()\nloss.backward()\n",
    "statements without the loss": "<select>y = x * 2</select>\nloss = (x @ w).sum()\nloss.backward()\n",
    "a loop that trains": (
        "<select>for x in data:\n    loss = (x @ w).sum()\n    loss.backward()</select>\nloss.backward()\n"
    ),
    "a validation step": "def validation_step(x):\n    loss = (x * 2).sum()<cursor>\n    return loss\n",
    "broken code": "loss = (x @ w).sum()\nloss.backward()<cursor>\nprint((\n",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_nothing_is_offered_for(text: str) -> None:
    assert extracted(text)[1] is None


def test_a_selection_may_end_far_below_the_text() -> None:
    text = "pred = x @ w\nloss = (pred - y).square().mean()\nloss.backward()\n"
    found = extraction_at(text, "train.py", Range(Position(1, 1), Position(1 << 40, 1)))
    assert found is not None and found.edits


def test_names_are_new() -> None:
    text = "train_loss = 3\ntraining_loss = 4\nloss = (x @ w).sum()\nloss.backward()<cursor>\n"
    assert _name(text) == "batch_loss"
    assert _name(text.replace("\nloss", "\nloss_d")) == "d_loss"
    assert (
        _name("def test_step(x):\n    loss = (x @ w).sum()\n    loss.backward()<cursor>") == "training_loss"
    )


def _name(text: str) -> str:
    found = extracted(text)[1]
    assert found is not None
    return found.qualname
