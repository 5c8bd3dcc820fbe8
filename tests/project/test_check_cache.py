"""`chainrule check` follows imports, and its cache notices when an imported file changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainrule.cli import main
from folders import DETACHES, PASSES, train, write

IMPORT = "from util import helper"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"chainrule.toml": "", "train.py": train(IMPORT)})
    return tmp_path


def check(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    from chainrule.cli import runner

    # Each call stands for a process of its own, which asks the disk anew.
    runner._workspace.cache_clear()
    runner._analyzer.cache_clear()
    runner._files.cache_clear()
    main(["check", "train.py", "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert isinstance(findings, list)
    return findings


def test_the_cache_depends_on_the_files_that_were_looked_at(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(capsys) == []
    write(project, {"util.py": DETACHES})
    first = check(capsys)
    assert [finding["code"] for finding in first] == ["CR101"]
    assert check(capsys) == first
    write(project, {"util.py": PASSES})
    assert check(capsys) == []


def test_places_in_other_files_are_named_as_the_user_names_files(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"util.py": DETACHES})
    (finding,) = check(capsys)
    assert "(inside `helper`, util.py:5)" in str(finding["message"])
    assert finding["related"][-1]["path"] == "util.py"  # type: ignore[index]
