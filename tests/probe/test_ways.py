"""Gradients lost on ways that code hardly shows: kept graphs, custom Functions, modules, generators."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from chainrule.probe.evidence import Outcome
from evidence_support import cut_lines, probe, verdicts


def function(body: str) -> str:
    return "def loss(net, x):\n" + textwrap.indent(body, "    ")


STATEFUL = """
class Centre:
    def __init__(self):
        self.centre = torch.zeros(5)

    def step(self, pred):
        self.centre = 0.9 * self.centre + 0.1 * pred.mean(0)  # cut
        return (pred - self.centre{detached}).square().sum()
"""


def test_a_second_call_that_goes_back_into_a_freed_graph(tmp_path: Path) -> None:
    code = STATEFUL.format(detached="")
    inputs = "pred=torch.randn(4, 5, requires_grad=True)"
    evidence = probe(code, "Centre.step", tmp_path, inputs=inputs, instance="Centre()")
    assert evidence.outcome is Outcome.RAISED
    assert "a second time" in (evidence.error or "") and "on the second call" in (evidence.error or "")
    assert verdicts(evidence) == {"pred": "flows"}
    assert cut_lines(evidence) == {9}
    kept = code.replace("0.1 * pred.mean(0)", "0.1 * pred.mean(0).detach()")
    assert probe(kept, "Centre.step", tmp_path, inputs=inputs, instance="Centre()").outcome is Outcome.OK


FUNCTION = """
class Quantise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        {mark}
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return {given}

def loss(pred):
    return (Quantise.apply(2 * pred) - 1).pow(2).mean()
"""


@pytest.mark.parametrize(
    ("mark", "given", "verdict", "line"),
    [
        ("pass", "None", "cut", 12),
        ("pass", "torch.zeros_like(grad)", "zero", 12),
        ("pass", "grad / 0", "nonfinite", 12),
        ("ctx.mark_non_differentiable(x)", "grad", "cut", 7),
        ("pass", "grad", "flows", None),
    ],
)
def test_what_a_custom_function_does(
    mark: str, given: str, verdict: str, line: int | None, tmp_path: Path
) -> None:
    code = FUNCTION.format(mark=mark, given=given).replace("return x.round()", "out = x.round(); return out")
    code = code.replace("        ctx.mark_non_differentiable(x)\n        out = x.round(); return out", MARKED)
    evidence = probe(code, "loss", tmp_path, inputs="pred=torch.randn(4, requires_grad=True)")
    assert verdicts(evidence) == {"pred": verdict}
    assert cut_lines(evidence) == (set() if line is None else {line})


MARKED = "        out = x.round(); ctx.mark_non_differentiable(out)\n        return out"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("copied = copy.deepcopy(net)  # cut\nreturn copied(x).sum()", 6),
        ("held = net.state_dict()\nw = held['weight']  # cut\nreturn (x @ w.T).sum()", 6),
        ("other = Holder(net)\nreturn other.score(x)", 13),
    ],
)
def test_a_module_that_is_lost(body: str, line: int, tmp_path: Path) -> None:
    code = f"import copy\n{function(body)}\n" + HOLDER
    evidence = probe(code, "loss", tmp_path, inputs="net=nn.Linear(3, 2, bias=False), x=torch.rand(4, 3)")
    assert verdicts(evidence) == {"net.weight": "cut"}
    assert cut_lines(evidence) == {line}


HOLDER = """
class Holder:
    def __init__(self, net):
        self.net = net

    @torch.no_grad()
    def score(self, x):
        return self.net(x).sum()
"""


def test_only_the_use_that_spoils_the_gradient_is_named(tmp_path: Path) -> None:
    code = """
    def loss(pred):
        good = pred.abs().sum() + (2 * pred).sum()
        bad = pred.pow(2).sum().sqrt()
        return good + bad
    """
    evidence = probe(code, "loss", tmp_path, inputs="pred=torch.zeros(3, requires_grad=True)")
    assert verdicts(evidence) == {"pred": "nonfinite"}
    assert [(c.line, c.op) for c in evidence.cuts] == [(6, ".sqrt")]


def test_terms_that_are_yielded_or_awaited(tmp_path: Path) -> None:
    code = """
    def pairwise(points):
        return (points[:, None] - points).pow(2).sum(-1).sqrt()

    def terms(pred):
        yield pred.sum()
        yield pairwise(pred).sum()

    def loss(pred):
        return sum(terms(pred))

    async def waiting(pred):
        return pred.sum()
    """
    inputs = "pred=torch.rand(3, 2, requires_grad=True)"
    evidence = probe(code, "loss", tmp_path, inputs=inputs)
    assert verdicts(evidence) == {"pred": "nonfinite"} and cut_lines(evidence) == {5}
    assert verdicts(probe(code, "terms", tmp_path, inputs=inputs)) == {"pred": "nonfinite"}
    assert verdicts(probe(code, "waiting", tmp_path, inputs=inputs)) == {"pred": "flows"}
