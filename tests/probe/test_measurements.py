"""Finite differences, edge inputs, devices, and the reports on them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch

from chainrule.probe.evidence import FiniteDifference, Outcome, read_evidence, to_json
from chainrule.probe.report_html import render_html
from chainrule.probe.report_text import render_text
from chainrule.probe.request import ProbeRequest, build_request
from evidence_support import probe, verdicts, write

XY = "x=torch.randn(4, 5, requires_grad=True), y=torch.rand(4, 5)"


def slopes(code: str, tmp_path: Path, inputs: str = XY) -> FiniteDifference:
    (source,) = probe(code, "loss", tmp_path, inputs=inputs).sources
    assert source.finite_difference is not None
    return source.finite_difference


def test_autograd_agrees(tmp_path: Path) -> None:
    found = slopes("def loss(x, y):\n    return F.dropout(x * y).pow(2).mean()", tmp_path)
    assert found.agrees
    assert found.autograd == pytest.approx(found.loss_change, rel=1e-3)


def test_lost_the_loss_changes_and_autograd_has_nothing(tmp_path: Path) -> None:
    found = slopes("def loss(x, y):\n    return (x.detach() * y).sum()", tmp_path)
    assert found.autograd is None and not found.agrees and abs(found.loss_change) > 1e-3


def test_lost_in_float32(tmp_path: Path) -> None:
    found = slopes("def loss(x, y):\n    return (x.detach().float() * y.float()).float().sum()", tmp_path)
    assert not found.agrees and abs(found.loss_change) > 1e-3


def test_flat_the_loss_does_not_depend_on_small_changes(tmp_path: Path) -> None:
    found = slopes("def loss(x, y):\n    return ((x > 0).float() - y).abs().mean()", tmp_path)
    assert found.agrees and found.loss_change == 0.0


def test_a_wrong_custom_backward_shows_both_numbers(tmp_path: Path) -> None:
    code = """
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * x

    def loss(x, y):
        return (Square.apply(x) * y).sum()
    """
    found = slopes(code, tmp_path)
    assert not found.agrees and found.reason == ""
    assert found.loss_change == pytest.approx(2 * (found.autograd or 0), rel=1e-3)


def test_a_detached_part_is_the_reason_for_a_difference(tmp_path: Path) -> None:
    found = slopes("def loss(x, y):\n    w = x.exp().detach()\n    return (w * x * y).sum()", tmp_path)
    assert not found.agrees and found.reason == "`.detach` on line 5 leaves a part out"


def edges(code: str, tmp_path: Path, **options: str) -> dict[str, tuple[str, int | None]]:
    evidence = probe(code, "loss", tmp_path, edges=True, **options)
    return {e.case: (e.verdict.value, e.line) for e in evidence.edges}


def test_edge_inputs_and_the_line_that_breaks(tmp_path: Path) -> None:
    code = "def loss(pred, target):\n    gap = (pred - target).pow(2).sum()\n    return gap.sqrt()"
    found = edges(code, tmp_path)
    assert found["pred equal to target"] == ("nonfinite", 6)
    assert found["exact ones"] == ("flows", None)


def test_zeros_on_both_sides_and_rows_that_are_equal(tmp_path: Path) -> None:
    dice = "def loss(pred, target):\n    return 1 - 2 * (pred * target).sum() / (pred.sum() + target.sum())"
    assert edges(dice, tmp_path)["pred and target all zero"] == ("nonfinite", 5)
    spread = "def loss(embeddings):\n    return embeddings.var(0).sum().sqrt()"
    assert edges(spread, tmp_path)["equal rows"] == ("nonfinite", 5)


def test_an_empty_mask(tmp_path: Path) -> None:
    code = "def loss(pred, target, mask):\n    return ((pred - target).abs() * mask).sum() / mask.sum()"
    assert edges(code, tmp_path)["empty mask"] == ("nonfinite", 5)


def test_huge_logits(tmp_path: Path) -> None:
    by_hand = """
    def loss(logits, labels):
        e = logits.exp()
        p = e / e.sum(1, keepdim=True)
        return F.nll_loss(p.log(), labels)
    """
    of_torch = "def loss(logits, labels):\n    return F.cross_entropy(logits, labels)"
    assert edges(by_hand, tmp_path)["huge logits"][0] == "nonfinite"
    assert edges(of_torch, tmp_path)["huge logits"][0] != "nonfinite"


def test_a_batch_of_one(tmp_path: Path) -> None:
    code = "def loss(pred, target):\n    return ((pred - target).mean(1).std())"
    assert edges(code, tmp_path)["batch of one"] == ("nonfinite", 5)


def test_the_line_that_reproduces_an_edge_does(tmp_path: Path) -> None:
    code = "def loss(pred, target):\n    return (pred - target).pow(2).sum().sqrt()"
    evidence = probe(code, "loss", tmp_path, edges=True)
    (bad,) = [e for e in evidence.edges if e.case == "pred equal to target"]

    def loss(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return (pred - target).pow(2).sum().sqrt()

    scope = {"torch": torch, "loss": loss, "print": lambda gradient: scope.update(seen=gradient)}
    exec(bad.reproduce, scope)
    assert scope["seen"].isnan().all()


def test_everything_a_call_holds_is_moved(tmp_path: Path) -> None:
    """With torch's meta device in place of a GPU: it has shapes and a device, and no values."""
    from chainrule_agent.devices import move
    from chainrule_agent.program import Plan, Program
    from chainrule_agent.trace.importing import Workspace
    from chainrule_agent.trace.values import tensors_in

    path = write(tmp_path, MOVED)
    built = build_request(ProbeRequest(str(path), path.read_text(), "Trainer.step"))
    program = Program(built, Workspace(str(tmp_path)))
    plan = Plan("argument", "Batch(torch.rand(2, 3), Pair(torch.rand(2), [torch.rand(2)]))", "", "Trainer()")
    call = move(program.build(plan, 0), program, torch.device("meta"))
    batch, trainer = call.arguments["batch"], call.instance
    inner = trainer.inner
    found = [batch.x, batch.pair.first, *batch.pair.rest, trainer.scale, inner.net.weight, inner.offset]
    assert {t.device.type for t in tensors_in(found)} == {"meta"}
    assert call.run().device.type == "meta"


@pytest.mark.parametrize(("loss", "difference"), [("x.pow(2)", 0.0), ("F.dropout(x).pow(2)", None)])
def test_gradients_are_compared_with_the_cpus(loss: str, difference: float | None, tmp_path: Path) -> None:
    """The CPU stands in for a GPU."""
    from chainrule_agent.device_runs import DeviceRun
    from chainrule_agent.program import Plan

    path = write(tmp_path, f"def loss(x):\n    return ({loss}).sum()\n")
    built = build_request(ProbeRequest(str(path), path.read_text(), "loss"))
    there = DeviceRun(built, None, Plan("argument", "torch.ones(50)"), 0, torch.device("cpu"))
    assert there.run.error is None and there.peak is not None and there.peak >= 200
    assert there.difference(there.run) == difference


MOVED = """
import dataclasses
from typing import NamedTuple

class Pair(NamedTuple):
    first: torch.Tensor
    rest: list

@dataclasses.dataclass(frozen=True)
class Batch:
    x: torch.Tensor
    pair: Pair

class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 1)
        self.offset = torch.ones(1)

class Trainer:
    def __init__(self):
        self.inner = Inner()
        self.scale = torch.ones(1)

    def step(self, batch):
        return (self.inner.net(batch.x) * self.scale + self.inner.offset - batch.pair.first).sum()
"""


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    evidence = probe("def loss(x, y):\n    return x.sum()", "loss", tmp_path, inputs=XY, device="cuda:0")
    assert evidence.outcome is Outcome.REFUSED
    assert "no CUDA device" in (evidence.error or "")


def test_auto_takes_the_gpu_and_compares_it_with_the_cpu(tmp_path: Path) -> None:
    if not (torch.cuda.is_available() or torch.backends.mps.is_available()):
        pytest.skip("no CUDA or MPS device")
    code = "NET = nn.Linear(5, 5)\n\ndef loss(x, y):\n    return F.mse_loss(NET(x), y)"
    evidence = probe(code, "loss", tmp_path, inputs=XY, device="auto")
    assert evidence.device.partition(":")[0] in ("cuda", "mps")
    assert evidence.peak_memory and evidence.peak_memory > 0
    assert evidence.cpu_difference is not None and evidence.cpu_difference < 1e-3


LOST = "def loss(x, y):\n    d = x.detach()\n    return (d - y).abs().mean()"


def test_the_text_report_points_at_the_cut(tmp_path: Path) -> None:
    evidence = probe(LOST, "loss", tmp_path, inputs=XY)
    text = render_text(evidence, (tmp_path / "snippet.py").read_text())
    quoted, caret = next(
        (a, b) for a, b in zip(text.split("\n"), text.split("\n")[1:], strict=False) if "^" in b
    )
    assert quoted.index(".detach") == caret.index("^")
    assert "gradient is cut here for x" in caret
    assert "yet the loss changes with it" in text


def test_the_page_stands_alone(tmp_path: Path) -> None:
    evidence = probe(LOST, "loss", tmp_path, inputs=XY)
    page = render_html([(evidence, (tmp_path / "snippet.py").read_text())])

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "link", "img")
            assert not any((value or "").startswith("http") for _, value in attrs)

    Reader().feed(page)
    assert "prefers-color-scheme: dark" in page
    assert "CUT" in page and "gradient is cut here for x" in page


def test_evidence_goes_through_json_unchanged(tmp_path: Path) -> None:
    evidence = probe("def loss(x, y):\n    return (x - x).sum() / 0", "loss", tmp_path, inputs=XY)
    data = json.loads(json.dumps(to_json(evidence), allow_nan=False))
    again = read_evidence(data)
    assert to_json(again) == data and again.loss is not None
    assert str(again.loss.value) == "nan" and verdicts(again) == {"x": "nonfinite"}
    keys = (
        "path function outcome error device torch python seconds sandbox inputs loss sources cuts lines edges"
    )
    assert set(data) >= {*keys.split(), "stdout"}


def test_a_result_of_the_engine_alone_is_evidence_too() -> None:
    evidence = read_evidence({"outcome": "timeout", "error": "no result within 1 s"}, "a.py", "loss")
    assert (evidence.path, evidence.function, evidence.exit_code) == ("a.py", "loss", 2)
    assert "timed out" in render_text(evidence, "")
    assert to_json(evidence)["sources"] == []


def test_growing_batches(tmp_path: Path) -> None:
    code = "def loss(logits, labels):\n    return F.cross_entropy(logits.exp(), labels)"
    evidence = probe(code, "loss", tmp_path, batches=(64, 1, 8))
    assert [(b.batch, b.error) for b in evidence.batches] == [(1, None), (8, None), (64, None)]
    assert all(b.forward_seconds and b.backward_seconds for b in evidence.batches)
    memory = [b.peak_memory or 0 for b in evidence.batches]
    assert memory[2] > 6 * memory[1] > 6 * memory[0] > 0
    text = (tmp_path / "snippet.py").read_text()
    assert "  64 " in render_text(evidence, text)
    assert "Growing batches on cpu" in render_html([(evidence, text)])
    assert "batches" not in to_json(probe(code, "loss", tmp_path))


def test_memory_of_a_batch_is_what_its_tensors_take(tmp_path: Path) -> None:
    """Two tensors of that size at any time, of 4 bytes a number: x * 2 and its exp, exp and a gradient."""
    code = "def loss(x):\n    return (x * 2).exp().sum()"
    evidence = probe(code, "loss", tmp_path, inputs="torch.rand(4, 1000)", batches=(10, 100))
    ten, hundred = (b.peak_memory or 0 for b in evidence.batches)
    assert ten == pytest.approx(2 * 4 * 10 * 1000, rel=0.01)
    assert hundred == pytest.approx(2 * 4 * 100 * 1000, rel=0.01)


def test_a_batch_that_does_not_fit_ends_the_row(tmp_path: Path) -> None:
    code = "def loss(x, pairs):\n    return ((x @ x.T) * pairs).sum()"
    evidence = probe(code, "loss", tmp_path, inputs="torch.rand(4, 3), torch.rand(4, 4)", batches=(4, 8, 16))
    assert [b.batch for b in evidence.batches] == [4, 8]
    assert evidence.batches[0].error is None
    assert "must match the size of tensor b" in (evidence.batches[1].error or "")


def test_without_a_batch_dimension(tmp_path: Path) -> None:
    evidence = probe(
        "def loss(x):\n    return x * x", "loss", tmp_path, inputs="torch.rand(())", batches=(2,)
    )
    assert [b.error for b in evidence.batches] == ["the arguments have no batch dimension in common"]


def test_many_values_of_a_line_stand_below_it(tmp_path: Path) -> None:
    evidence = probe(LOST, "loss", tmp_path, inputs=XY)
    lines = render_text(evidence, (tmp_path / "snippet.py").read_text()).split("\n")
    at = next(n for n, line in enumerate(lines) if line.endswith("| def loss(x, y):"))
    assert [line.partition("# ")[2].split(" ")[0] for line in lines[at + 1 : at + 3]] == ["x", "y"]
