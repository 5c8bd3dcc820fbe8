"""What is said about a break in another file, and when it is said anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.analysis import Analyzer
from chainrule.findings import Severity, Verdict
from chainrule.project import Workspace
from chainrule.project.files import Files
from folders import DETACHES, PASSES, codes, findings, train, write

IMPORT = "from util import helper"


def test_the_call_is_reported_and_the_place_inside_is_related(tmp_path: Path) -> None:
    write(tmp_path, {"util.py": DETACHES, "train.py": train(IMPORT)})
    (finding,) = findings(tmp_path)
    start = finding.range.start
    assert (finding.path, start.line, start.column) == (str(tmp_path / "train.py"), 6, 14)
    assert finding.range.end.column == 14 + len("helper(pred)")
    assert "(inside `helper`, " in finding.message and "util.py:5)" in finding.message
    assert finding.sources == ("pred",)
    assert not finding.fixes, "a fix would have to change another file"
    inside = finding.related[-1]
    assert (inside.path, inside.range.start.line) == (str(tmp_path / "util.py"), 5)


@pytest.mark.parametrize(
    ("helper", "code", "verdict", "severity"),
    [
        ("torch.round(x)", "CR201", Verdict.ZERO, Severity.WARNING),
        ("torch.tensor([v.item() for v in x])", "CR105", Verdict.CUT, Severity.ERROR),
        ("x.argmax(-1).float()", "CR104", Verdict.CUT, Severity.ERROR),
    ],
)
def test_every_kind_of_break(
    helper: str, code: str, verdict: Verdict, severity: Severity, tmp_path: Path
) -> None:
    write(
        tmp_path,
        {"util.py": f"import torch\ndef helper(x):\n    return {helper}\n", "train.py": train(IMPORT)},
    )
    assert (code, verdict, severity) in [(f.code, f.verdict, f.severity) for f in findings(tmp_path)]


def test_no_grad_as_a_decorator(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "util.py": "import torch\n@torch.no_grad()\ndef helper(x):\n    return x * 2\n",
            "train.py": train(IMPORT),
        },
    )
    assert codes(tmp_path) == ["CR102"]


def test_a_teacher_may_be_detached_elsewhere(tmp_path: Path) -> None:
    text = train(IMPORT).replace("helper(pred) - target", "pred - helper(target)")
    write(tmp_path, {"util.py": DETACHES, "train.py": text})
    assert codes(tmp_path) == []


def test_classes_inherit_across_files(tmp_path: Path) -> None:
    base = """
    import torch
    from torch import nn

    class Base(nn.Module):
        def forward(self, pred, target):
            return self.reduce((self.prepare(pred) - target) ** 2)

        def prepare(self, x):
            return x

        def reduce(self, x):
            return x.mean()
    """
    child = """
    import torch
    from base import Base

    class ChildLoss(Base):
        def prepare(self, x):
            return x.detach()

        def forward(self, pred, target):
            return super().forward(pred, target)
    """
    write(tmp_path, {"base.py": base, "child.py": child})
    (finding,) = findings(tmp_path, "child.py")
    assert (finding.code, finding.range.start.line) == ("CR101", 7), "the cut is in this file"
    write(tmp_path, {"base.py": base.replace("return x\n", "return x.detach()\n")})
    write(tmp_path, {"child.py": child.replace("return x.detach()", "return super().prepare(x)")})
    (finding,) = findings(tmp_path, "child.py")
    assert "base.py:10)" in finding.message


def test_an_object_of_a_class_from_another_file(tmp_path: Path) -> None:
    losses = """
    import torch
    from torch import nn

    class Soft(nn.Module):
        def forward(self, pred, target):
            return ((pred.detach() - target) ** 2).mean()
    """
    text = """
    import torch
    from torch import nn
    from losses import Soft

    class TotalLoss(nn.Module):
        def __init__(self):
            super().__init__()
            self.soft = Soft()

        def forward(self, pred, target):
            return self.soft(pred, target)
    """
    write(tmp_path, {"losses.py": losses, "train.py": text})
    (finding,) = findings(tmp_path)
    assert (finding.code, finding.range.start.line) == ("CR101", 12)


def analyzed(analyzer: Analyzer, path: Path) -> list[str]:
    return [f.code for f in analyzer.analyze(path.read_text(encoding="utf-8"), str(path)).findings]


def test_an_unsaved_buffer_wins_over_the_disk(tmp_path: Path) -> None:
    write(tmp_path, {"util.py": PASSES, "train.py": train(IMPORT)})
    workspace = Workspace([tmp_path])
    analyzer = Analyzer(project=workspace)
    assert analyzed(analyzer, tmp_path / "train.py") == []
    workspace.files.open(str(tmp_path / "util.py"), DETACHES)
    assert analyzed(analyzer, tmp_path / "train.py") == ["CR101"]
    workspace.files.close(str(tmp_path / "util.py"))
    assert analyzed(analyzer, tmp_path / "train.py") == []


def test_an_unsaved_new_file_can_be_imported(tmp_path: Path) -> None:
    write(tmp_path, {"train.py": train(IMPORT)})
    workspace = Workspace([tmp_path])
    analyzer = Analyzer(project=workspace)
    assert analyzed(analyzer, tmp_path / "train.py") == []
    workspace.files.open(str(tmp_path / "util.py"), DETACHES)
    assert analyzed(analyzer, tmp_path / "train.py") == ["CR101"]


def test_an_edit_of_the_helper_changes_what_is_said_about_its_caller(tmp_path: Path) -> None:
    write(tmp_path, {"util.py": PASSES, "train.py": train(IMPORT)})
    workspace = Workspace([tmp_path])
    analyzer = Analyzer(project=workspace)
    assert analyzed(analyzer, tmp_path / "train.py") == []
    write(tmp_path, {"util.py": DETACHES})
    workspace.files.refresh()
    assert analyzed(analyzer, tmp_path / "train.py") == ["CR101"]
    (tmp_path / "util.py").unlink()
    workspace.files.refresh()
    assert analyzed(analyzer, tmp_path / "train.py") == []


def test_the_disk_is_asked_again_after_a_while(tmp_path: Path) -> None:
    now = 0.0
    workspace = Workspace([tmp_path], files=Files(lifetime=2.0, clock=lambda: now))
    write(tmp_path, {"train.py": train(IMPORT)})
    analyzer = Analyzer(project=workspace)
    assert analyzed(analyzer, tmp_path / "train.py") == []
    write(tmp_path, {"util.py": DETACHES})
    now = 1.9
    assert analyzed(analyzer, tmp_path / "train.py") == []
    now = 2.0
    assert analyzed(analyzer, tmp_path / "train.py") == ["CR101"]


def test_who_looked_at_a_file_is_known(tmp_path: Path) -> None:
    write(tmp_path, {"util.py": PASSES, "train.py": train(IMPORT)})
    workspace = Workspace([tmp_path])
    analyzer = Analyzer(project=workspace)
    analyzed(analyzer, tmp_path / "train.py")
    assert workspace.unchanged(analyzer.consulted)
    workspace.files.open(str(tmp_path / "util.py"), DETACHES)
    text = (tmp_path / "train.py").read_text(encoding="utf-8")
    assert not workspace.holds(analyzer.consulted, text, str(tmp_path / "train.py"))


def test_what_one_analysis_computed_does_not_reach_the_next(tmp_path: Path) -> None:
    util = "import torch\nscale = torch.ones(1, requires_grad=True)\ndef helper(x):\n    return x * scale\n"
    write(tmp_path, {"util.py": util, "a.py": train(IMPORT), "b.py": train(IMPORT)})
    workspace = Workspace([tmp_path])
    assert codes(tmp_path, "a.py", workspace) == codes(tmp_path, "b.py", workspace) == []


def test_a_module_with_a_reduction_is_a_loss_whatever_reduces_it(tmp_path: Path) -> None:
    module = """
        import torch.nn.functional as F
        from torch import nn
        from util import reduced

        class Similarity(nn.Module):
            def __init__(self, {name}="mean"):
                super().__init__()
                self.{name} = {name}

            def forward(self, x, y):
                gap = F.mse_loss(x.detach(), y, reduction="none")
                return reduced(gap.flatten(1), self.{name})
        """
    util = """
        def reduced(x, how):
            return x.mean() if how == "mean" else x.sum()
        """
    write(tmp_path, {"util.py": util, "train.py": module.format(name="reduction")})
    assert codes(tmp_path) == ["CR101"]
    write(tmp_path, {"train.py": module.format(name="mode")})
    assert codes(tmp_path) == []
