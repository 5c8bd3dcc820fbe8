"""The pytest files that a probe writes: they fail for the loss as it was, and pass once it is mended."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chainrule.probe.test_writer import failing_edges, write_edge_test, write_gradient_test
from evidence_support import HEADER, probe_file


@dataclass(frozen=True)
class Program:
    """A loss in `file`, and the edit that mends it."""

    file: str
    qualname: str
    code: str
    broken: str
    mended: str
    options: dict[str, str]


def program(
    file: str, qualname: str, code: str, broken: str, mended: str, **options: str
) -> tuple[str, Program]:
    return qualname, Program(file, qualname, textwrap.dedent(code).lstrip("\n"), broken, mended, options)


PROGRAMS = dict(
    (
        program(
            "src/shapes/losses/edge.py",
            "edge_distance",
            """
            from .scale import SCALE

            def edge_distance(pred, target):
                return ((pred - target).pow(2).sum(1) * SCALE).sqrt().mean()
            """,
            ".sqrt()",
            ".clamp(min=1e-12).sqrt()",
        ),
        program(
            "plain.py",
            "hit_rate",
            """
            def hit_rate(logits, labels):
                best = logits.argmax(1).float()
                return (best - labels).abs().mean()
            """,
            "logits.argmax(1).float()",
            "(logits.softmax(1) * torch.arange(logits.size(1))).sum(1)",
        ),
        program(
            "tools/2d_losses.py",
            "Weighted.forward",
            """
            class Weighted(nn.Module):
                def __init__(self, classes):
                    super().__init__()
                    self.scale = nn.ParameterList([nn.Parameter(torch.ones(classes))])

                def forward(self, outputs, target):
                    logits = outputs["logits"] * self.scale[0].data
                    return {"loss": F.cross_entropy(logits, target), "top": logits.argmax(1)}
            """,
            ".data",
            "",
        ),
        program(
            "example.py",
            "step_loss",
            """
            net = nn.Linear(3, 2)

            def step_loss(net, x, *, y, weights=()):
                out = net(x)
                terms = [w * (o - y).abs().mean() for w, o in zip(weights, out.T)]
                return float(terms[0]) + terms[0].detach() * 2, len(terms)

            def demo():
                sizes = 4, 3
                batch = torch.rand(*sizes)
                loss, _ = step_loss(net, batch, y=torch.rand(4), weights=[1.0, 2.0])
                loss.backward()
            """,
            "float(terms[0]) + terms[0].detach() * 2",
            "terms[0] + terms[1] * 2",
        ),
        program(
            "own_backward.py",
            "loss",
            """
            def loss(loss, *rest):
                total = sum((r - loss).round().abs().sum() for r in rest)
                total.backward()
                return total.item()
            """,
            ".round()",
            "",
            inputs="torch.randn(3, requires_grad=True), torch.zeros(3), torch.ones(3)",
        ),
    )
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The broken programs, each with the tests that a probe of it writes."""
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").touch()
    (root / "tests").mkdir()
    package = root / "src" / "shapes" / "losses"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package.parent / "__init__.py").touch()
    (package / "scale.py").write_text("SCALE = 1.0\n")
    for each in PROGRAMS.values():
        file = root / each.file
        file.parent.mkdir(exist_ok=True)
        file.write_text(HEADER + each.code)
        evidence = probe_file(file, each.qualname, edges=True, root=str(root), **each.options)
        written = write_gradient_test(
            evidence, file.read_text(), edges=[e.case for e in failing_edges(evidence)]
        )
        assert written.path.parent == root / "tests"
        written.path.write_text(written.text)
    yield root


def run_pytest(root: Path) -> dict[str, str]:
    """What became of each test, by name."""
    command = [sys.executable, "-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider", "tests"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^(PASSED|FAILED|ERROR) tests/\S+?::(\S+)", said, re.MULTILINE)
    assert found, said
    return {name: outcome for outcome, name in found}


def test_they_fail_before_and_pass_after(project: Path) -> None:
    before = run_pytest(project)
    failed = {name for name, outcome in before.items() if outcome == "FAILED"}
    assert failed == {
        "test_edge_distance_with_pred_equal_to_target",
        "test_edge_distance_with_pred_and_target_all_zero",
        "test_gradient_reaches_every_source_of_hit_rate",
        "test_gradient_reaches_every_source_of_weighted",
        "test_gradient_reaches_every_source_of_step_loss",
        "test_gradient_reaches_every_source_of_loss",
    }, before
    for each in PROGRAMS.values():
        file = project / each.file
        text = file.read_text()
        assert each.broken in text
        file.write_text(text.replace(each.broken, each.mended))
    after = run_pytest(project)
    assert set(after.values()) == {"PASSED"}, after
    assert after.keys() == before.keys()
    assert "test_gradient_of_edge_distance_agrees_with_finite_differences" in after


def test_one_edge_alone(tmp_path: Path) -> None:
    file = tmp_path / "norms.py"
    ratio = "def ratio(pred, mask):\n    return (pred * mask).sum() / mask.sum()\n"
    file.write_text(HEADER + ratio)
    evidence = probe_file(file, "ratio", edges=True)
    written = write_edge_test(evidence, file.read_text(), "empty mask")
    assert written.path == tmp_path / "test_ratio_empty_mask.py"
    assert written.text.count("def test_") == 1
    assert "mask = torch.zeros_like(mask)" in written.text
    with pytest.raises(ValueError, match="no failing input 'exact ones'"):
        write_edge_test(evidence, file.read_text(), "exact ones")


def test_without_inputs_there_is_no_test(tmp_path: Path) -> None:
    file = tmp_path / "hard.py"
    file.write_text(HEADER + "def loss(pred):\n    raise KeyError('the answer')\n")
    evidence = probe_file(file, "loss")
    with pytest.raises(ValueError, match="No test can be written for loss: KeyError"):
        write_gradient_test(evidence, file.read_text())


def test_a_module_that_runs_code_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    loop = "for _ in range(3):\n    loss(torch.rand(2)).backward()\n"
    file.write_text(HEADER + "def loss(pred):\n    return pred.sum()\n\n" + loop)
    written = write_gradient_test(probe_file(file, "loss"), file.read_text())
    assert written.note == "importing script.py runs the code on its line 7"


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "plain.py"
    file.write_text(HEADER + "def loss(pred):\n    return pred.sum()\n")
    (tmp_path / "test_loss_gradient.py").touch()
    written = write_gradient_test(probe_file(file, "loss"), file.read_text())
    assert written.path.name == "test_loss_gradient_2.py"
