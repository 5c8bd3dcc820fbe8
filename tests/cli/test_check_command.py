"""`chainrule check` from the outside: files in, output and exit status out.

The finding is the one that needs no analysis: a suppression comment that silences nothing.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chainrule import config
from chainrule.cli import main

UNUSED = "x = 1  # chainrule: ignore\n"
FIXED = "x = 1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    config.forget()
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    """What `check --format json` prints."""
    assert main(["check", "--format", "json", *arguments]) == status
    return json.loads(capsys.readouterr().out)


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_clean_file_is_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text(FIXED)
    assert main(["check", "a.py"]) == 0
    assert capsys.readouterr().out == "no findings in 1 file\n"


def test_information_is_shown_and_is_not_a_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text(UNUSED)
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a.py:1:8: info[CR001] ")
    assert "1 suggestion in 1 of 1 file; 1 fixable with --fix" in out


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--select", "CR001"], 1),
        (["--select", "CR0,CR1", "--select", "CR7"], 1),
        (["--select", "CR1"], 0),
        (["--ignore", "CR001"], 0),
    ],
)
def test_select_and_ignore(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], shown: int
) -> None:
    (folder / "a.py").write_text(UNUSED)
    assert len(check(capsys, "a.py", *arguments)["findings"]) == shown


def test_settings_hold_for_the_files_below_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "chainrule.toml").write_text('[per-file-ignores]\n"tests/" = ["CR0"]\n')
    for name in ("a.py", "tests/b.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(UNUSED)
    assert [found["path"] for found in check(capsys)["findings"]] == ["a.py"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "missing.py"], "chainrule: missing.py: no such file or folder"),
        (["check", "notes.txt"], "chainrule: notes.txt: not a Python file (.py) or a notebook (.ipynb)"),
        (["check", "--select", "E501"], "has `E501`, which is not a code like CR106 or a prefix like CR1"),
        (["check", "--select", "CR110,CR199"], "there is no rule CR199; did you mean `CR1"),
        (["check", "--jobs", "0"], "'0' is not a whole number above 0"),
        (["check", "--format", "xml"], "invalid choice"),
        (["check", "a.py", "--stdin-filename", "b.py"], "leave the paths out"),
        (["probe", "a.py", "--device", "gpu"], "'gpu' is not one of auto, cpu"),
        (["probe", "a.py", "--timeout", "-1"], "is not a number of seconds above 0"),
        (["chekc"], "invalid choice"),
        ([], "required: COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (folder / "notes.txt").write_text("")
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_a_mistake_in_the_settings_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool.chainrule]\nselct = []\n")
    (folder / "a.py").write_text("")
    assert main(["check", "a.py"]) == 2
    assert "[tool.chainrule] has no setting `selct`; did you mean `select`?" in capsys.readouterr().err


def test_a_folder_without_python_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no Python files in this folder" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"x = '\xe9'\n", b"x = 1\0\n", b"# coding: klingon\n", b"\xff\xfex\0"])
def test_a_file_that_is_no_python_is_an_error_of_that_file(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    (folder / "a.py").write_bytes(data)
    (folder / "b.py").write_text(UNUSED)
    output = check(capsys, status=1)
    assert [error["path"] for error in output["errors"]] == ["a.py"]
    assert [found["path"] for found in output["findings"]] == ["b.py"]


@pytest.mark.parametrize(
    "data", [b"", b"\n" * 500_000, b"(" * 2000, b"x = " + b"1 + " * 5000 + b"1\n", b"def f(:\n"]
)
def test_odd_files_are_checked_without_complaint(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    (folder / "a.py").write_bytes(data)
    assert main(["check", "a.py"]) in (0, 1)
    assert "internal error" not in capsys.readouterr().out


def test_stdin_is_reported_under_its_name(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments, path in ((["--stdin-filename", "src/a.py"], "src/a.py"), (["-"], "<stdin>")):
        feed(monkeypatch, UNUSED.encode())
        assert check(capsys, *arguments)["findings"][0]["path"] == path


def test_fix_writes_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_bytes(b"# coding: latin-1\r\ns = '\xe9'  # chainrule: ignore\r\n")
    assert main(["check", "--fix"]) == 0
    assert (folder / "a.py").read_bytes() == b"# coding: latin-1\r\ns = '\xe9'\r\n"
    assert capsys.readouterr().out == "no findings in 1 file; 1 fix made\n"


def test_fix_of_stdin_is_printed(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, UNUSED.encode())
    assert main(["check", "--fix", "--stdin-filename", "a.py"]) == 0
    assert capfdbinary.readouterr().out == FIXED.encode()


def test_diff_changes_nothing_and_git_applies_it(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "a.py").write_text(UNUSED)
    (folder / "b.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": UNUSED}]}, indent=1)
    )
    before = (folder / "b.ipynb").read_bytes()
    assert main(["check", "--diff"]) == 0
    captured = capfdbinary.readouterr()
    assert captured.err == b"chainrule: would make 2 fixes in 2 files\n"
    assert (folder / "a.py").read_text() == UNUSED
    assert (folder / "b.ipynb").read_bytes() == before
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply"], input=captured.out, check=True)
    assert (folder / "a.py").read_text() == FIXED
    assert b"ignore" not in (folder / "b.ipynb").read_bytes()


def test_a_notebook_is_checked_like_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [
        {"cell_type": "markdown", "source": "#"},
        {"cell_type": "code", "source": ["%pip list\n", UNUSED]},
    ]
    (folder / "n.ipynb").write_text(json.dumps({"cells": cells}))
    (found,) = check(capsys)["findings"]
    assert (found["path"], found["cell"], found["range"]["start"]) == ("n.ipynb", 2, {"line": 2, "column": 8})
    assert main(["check"]) == 0
    assert capsys.readouterr().out.startswith("n.ipynb:cell 2:2:8: info[CR001]")
    assert main(["check", "--fix"]) == 0
    assert json.loads((folder / "n.ipynb").read_text())["cells"][1]["source"] == ["%pip list\n", FIXED]


def test_processes_give_the_same_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(20):
        (folder / f"f{number:02}.py").write_text(UNUSED)
    assert check(capsys, "--jobs", "2") == check(capsys, "--jobs", "1")


def test_a_file_named_twice_is_checked_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text(UNUSED)
    assert len(check(capsys, "a.py", ".", str(folder / "a.py"))["findings"]) == 1


def test_an_unwritable_cache_costs_nothing_but_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "chainrule.toml").write_text("")
    (folder / ".chainrule_cache").write_text("a file where the folder should be")
    (folder / "a.py").write_text(UNUSED)
    assert len(check(capsys)["findings"]) == 1


def test_a_cache_that_is_damaged_is_not_believed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "chainrule.toml").write_text("")
    (folder / "a.py").write_text(UNUSED)
    first = check(capsys)
    for entry in (folder / ".chainrule_cache").glob("*.json"):
        for damage in (b"", b"[]", b"{}", entry.read_bytes()[:-5], b'{"key": 1}', b"\xff"):
            entry.write_bytes(damage)
            assert check(capsys) == first


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    for number in range(300):
        (folder / f"f{number}.py").write_text(UNUSED)
    shell = f"{sys.executable} -m chainrule check | head -1"
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        ["bash", "-c", shell],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
