"""What a source receives, and the line on which it loses it. A `# cut` comment marks that line."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.probe.evidence import Outcome
from evidence_support import HEADER, cut_lines, probe, verdicts

XY = "x=torch.randn(4, 5, requires_grad=True), y=torch.rand(4, 5)"
LABELS = "x=torch.randn(4, 5, requires_grad=True), y=torch.randint(0, 5, (4,))"

CUTS = {
    "detach": (XY, "d = x.detach()  # cut\nreturn (d - y).abs().mean()"),
    "data": (XY, "d = (2 * x).data  # cut\nreturn (d - y).abs().mean()"),
    "argmax": (LABELS, "best = x.argmax(1)  # cut\nreturn (best - y).float().abs().mean()"),
    "topk indices": (XY, "_, at = x.topk(2, dim=1)  # cut\nreturn at.float().mean() + y.mean()"),
    "comparison": (XY, "hit = x > 0  # cut\nreturn (hit.float() - y).abs().mean()"),
    "item": (XY, "n = x.sum().item()  # cut\nreturn y.mean() * n"),
    "python numbers": (
        XY,
        "v = x[0].tolist()  # cut\nt = sum(a * a for a in v)\nreturn torch.tensor(t) + y.mean()",
    ),
    "float": (XY, "n = float(x.mean())  # cut\nm = n * 2\nreturn y.sum() * m"),
    "int": (XY, "k = int(x.abs().sum())  # cut\nreturn (y * k).mean()"),
    "numpy": (XY, "a = x.detach().numpy()  # cut\nb = a ** 2\nreturn torch.from_numpy(b).mean() + y.mean()"),
    "rebuilt tensor": (
        XY,
        "parts = [r.sum() for r in x]\ns = torch.tensor(parts)  # cut\nreturn (s - y.sum(1)).mean()",
    ),
    "integer cast": (XY, "cell = x.long()  # cut\nreturn (cell - y).mean()"),
    "one-hot of a prediction": (
        LABELS,
        "p = F.one_hot(x.argmax(1), 5).float()  # cut\nreturn (p.sum(0)).pow(2).sum() + 0 * y.sum()",
    ),
    "no_grad": (XY, "with torch.no_grad():  # cut\n    d = (x - y) ** 2\nreturn d.mean()"),
    "a new parameter": (XY, "w = nn.Parameter(x * 2)  # cut\nreturn (w - y).pow(2).mean()"),
    "fresh constant": (
        XY,
        "d = (x - y).mean()\nif y.min() > -1:\n    return torch.zeros(1, requires_grad=True)  # cut\n"
        "return d",
    ),
    "python max": (XY, "gap = x.mean() + 100\nt = max(0, -gap)  # cut\nreturn t"),
    "overwritten": (
        XY,
        "t = 0\nfor a, b in zip((x, y), (y, y)):\n    t = (a - b).pow(2).mean()  # cut\nreturn t",
    ),
    "written through .data": (
        XY,
        "out = torch.zeros(4)\nout.data[:] = x.sum(1)  # cut\nreturn out.var() + y.mean()",
    ),
    "sampled": (
        XY,
        "d = torch.distributions.Normal(x, 1.0)\ns = d.sample()  # cut\nreturn (s - y).pow(2).mean()",
    ),
    "list of scalars": (
        XY,
        "seen = []\nfor r in x:\n    seen.append(r.sum().item())  # cut\n"
        "return torch.tensor(seen).mean() + y.mean()",
    ),
    "dict": (XY, "d = {'a': x.round().int()}  # cut\nreturn d['a'].float().mean() + y.mean()"),
    "wrong flag": (
        XY,
        "d = x.detach()  # cut\nloss = (d - y).pow(2).mean()\nloss.requires_grad_(True)\nreturn loss",
    ),
    "type": (XY, "bins = x.type(torch.int32)  # cut\nreturn (bins.float() - y).abs().mean()"),
    "put into a parameter": (
        XY,
        "net = nn.Linear(5, 1)\nnet.weight.data = x.mean(0, keepdim=True)  # cut\nreturn net(y).sum()",
    ),
    "autograd.grad": (
        XY,
        "e = (x ** 3).sum()\n(g,) = torch.autograd.grad(e, x)  # cut\nreturn (g - y).pow(2).mean()",
    ),
}
ZEROS = {
    "round": (XY, "return (x.round() - y).pow(2).mean()  # cut"),
    "sign": (XY, "s = x.sign()  # cut\nreturn (s - y).abs().mean()"),
    "floor through a function": (XY, "f = torch.floor\nz = f(x / 2)  # cut\nreturn (z - y).pow(2).sum()"),
    "saturated": (XY, "c = x.clamp(100, 101)  # cut\nreturn (c - y).mean()"),
}
NONFINITES = {
    "sqrt of zero": (
        "x=torch.zeros(3, requires_grad=True), y=torch.ones(3)",
        "n = x.pow(2).sum().sqrt()  # cut\nreturn n + y.sum()",
    ),
    "behind where": (
        "x=torch.tensor([0.0, 1.0], requires_grad=True), y=torch.zeros(2)",
        "l = torch.log(x)  # cut\nreturn torch.where(x > 0, l, y).sum()",
    ),
    "power": (
        "x=torch.zeros(3, requires_grad=True), y=torch.ones(3)",
        "p = x ** 0.5  # cut\nreturn (p * y).sum()",
    ),
}
FLOWS = {
    "topk by index": (XY, "_, at = x.topk(2, dim=1)\nreturn x.gather(1, at).sum() + y.mean()"),
    "one-hot of the target": (LABELS, "return F.mse_loss(x, F.one_hot(y, 5).float())"),
    "straight-through": (XY, "q = x + (x.round() - x).detach()\nreturn (q - y).pow(2).mean()"),
    "accuracy on the side": (LABELS, "acc = (x.argmax(1) == y).float().mean().item()\n"
        "return F.cross_entropy(x, y) + 0 * acc"),
    "detached weight": (XY, "w = (x - y).abs().detach()\nreturn (w * (x - y).pow(2)).mean()"),
    "written into zeros": (XY, "out = torch.zeros(4, 5)\nout[:, 0] = x[:, 0]\nreturn out.sum() * y.mean()"),
    "in a dict": (XY, "terms = {'loss': (x - y).abs().mean()}\nreturn terms"),
    "in a tuple": (XY, "return (x - y).abs().mean(), x.detach()"),
    "not reduced": (XY, "return (x - y).pow(2)"),
    "calls backward itself": (XY, "loss = (x - y).pow(2).mean()\nloss.backward()\nreturn loss.item()"),
}  # fmt: skip


def function(body: str) -> str:
    return "def loss(x, y):\n" + "\n".join("    " + line for line in body.split("\n"))


def marked(body: str) -> int:
    lines = (HEADER + function(body)).split("\n")
    return next(at for at, line in enumerate(lines, 1) if "# cut" in line)


@pytest.mark.parametrize("name", CUTS)
def test_cut(name: str, tmp_path: Path) -> None:
    inputs, body = CUTS[name]
    evidence = probe(function(body), "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence) == {"x": "cut"}
    assert cut_lines(evidence) == {marked(body)}


@pytest.mark.parametrize("name", ZEROS)
def test_zero(name: str, tmp_path: Path) -> None:
    inputs, body = ZEROS[name]
    evidence = probe(function(body), "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence) == {"x": "zero"}
    assert cut_lines(evidence) == {marked(body)}


@pytest.mark.parametrize("name", NONFINITES)
def test_nonfinite(name: str, tmp_path: Path) -> None:
    inputs, body = NONFINITES[name]
    evidence = probe(function(body), "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence) == {"x": "nonfinite"}
    assert cut_lines(evidence) == {marked(body)}


@pytest.mark.parametrize("name", FLOWS)
def test_flows(name: str, tmp_path: Path) -> None:
    inputs, body = FLOWS[name]
    evidence = probe(function(body), "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence) == {"x": "flows"}
    assert evidence.cuts == ()
    assert evidence.outcome is Outcome.OK
    assert evidence.exit_code == 0


def test_an_error_of_backward_is_kept_with_the_verdicts(tmp_path: Path) -> None:
    code = """
    def loss(pred, extra, y):
        e = extra.exp()
        e.mul_(2)
        return (pred - y).pow(2).mean() + e.sum()
    """
    inputs = (
        "pred=torch.randn(3, requires_grad=True), extra=torch.randn(3, requires_grad=True), y=torch.rand(3)"
    )
    evidence = probe(code, "loss", tmp_path, inputs=inputs)
    assert evidence.outcome is Outcome.RAISED
    assert "modified by an inplace operation" in (evidence.error or "")
    assert verdicts(evidence)["extra"] == "cut"
    assert cut_lines(evidence) == {6}
    assert evidence.exit_code == 1


def test_an_error_of_forward_names_its_line(tmp_path: Path) -> None:
    code = """
    class Prior(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(torch.rand(3, 4))

        def forward(self, x):
            self.table[0] = 0.0
            return (self.table * x).sum()
    """
    evidence = probe(code, "Prior.forward", tmp_path, inputs="x=torch.rand(4)", instance="Prior()")
    assert evidence.error is not None and "leaf Variable that requires grad" in evidence.error
    assert verdicts(evidence) == {"self.table": "cut"}
    assert cut_lines(evidence) == {10}


def test_a_custom_function_with_too_few_gradients(tmp_path: Path) -> None:
    code = """
    class Clip(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, limit):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return g.clamp(-1, 1)

    def loss(pred):
        return Clip.apply(pred, 1.0).sum()
    """
    evidence = probe(code, "loss", tmp_path, inputs="pred=torch.rand(4, requires_grad=True)")
    assert "incorrect number of gradients" in (evidence.error or "")
    assert cut_lines(evidence) == {11}


def test_parameters_have_torchs_names_and_unused_ones_are_no_failure(tmp_path: Path) -> None:
    code = """
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.used = nn.Linear(3, 2)
            self.other = nn.Linear(3, 2)

        def training_step(self, batch):
            x, y = batch
            return F.mse_loss(self.used(x), y)
    """
    inputs = "batch=(torch.rand(4, 3), torch.rand(4, 2))"
    evidence = probe(code, "Model.training_step", tmp_path, inputs=inputs)
    found = verdicts(evidence)
    assert found["self.used.weight"] == found["self.used.bias"] == "flows"
    assert found["self.other.weight"] == "unused"
    assert evidence.exit_code == 0


def test_a_mode_set_at_module_level_holds(tmp_path: Path) -> None:
    code = """
    torch.set_grad_enabled(False)
    NET = nn.Linear(3, 1)

    def loss(x):
        return NET(x).mean()
    """
    evidence = probe(code, "loss", tmp_path, inputs="x=torch.rand(4, 3)")
    assert verdicts(evidence) == {"NET.weight": "cut", "NET.bias": "cut"}
    assert cut_lines(evidence) == {4}


def test_a_cut_in_another_file_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def halve(x):\n    y = x / 2\n    return y.detach()\n")
    evidence = probe(
        "from helper import halve\n\ndef loss(pred):\n    return halve(pred).sum()", "loss", tmp_path
    )
    assert verdicts(evidence) == {"pred": "cut"}
    assert [(Path(c.path or "").name, c.line, c.op) for c in evidence.cuts] == [("helper.py", 3, ".detach")]


def test_every_line_says_what_went_through_it(tmp_path: Path) -> None:
    code = "def loss(pred, y):\n    gap = pred - y\n    kept = gap.detach()\n    return gap.pow(2).mean()"
    evidence = probe(
        code, "loss", tmp_path, inputs="pred=torch.ones(2, 3, requires_grad=True), y=torch.zeros(2, 3)"
    )
    lines = {line.line: {v.name: v for v in line.values} for line in evidence.lines}
    assert lines[4]["pred"].requires_grad and not lines[4]["y"].requires_grad
    assert lines[5]["gap"].shape == (2, 3)
    assert lines[5]["gap"].grad_norm == pytest.approx((6 * (2 / 6) ** 2) ** 0.5)
    assert lines[6]["kept"].grad_norm is None and not lines[6]["kept"].requires_grad
    assert lines[7]["return"].shape == ()
