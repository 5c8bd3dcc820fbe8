"""Packages outside the workspace: installed in place, or found by jedi where a file changes `sys.path`."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chainrule.analysis import Analyzer
from chainrule.project import Files, JediNames, Workspace, editable_folders
from folders import DETACHES, codes, train, write

PATIENCE = 120.0
"""Seconds after which a silent thread is taken for dead."""
SITE = "lib/python3.12/site-packages"


@pytest.mark.parametrize(
    "link",
    [
        {"helpers.pth": "{lib}\n"},
        {"__editable__.helpers-1.0.pth": "# by an installer\nimport something\n../../../../../lib\n"},
        {
            "__editable___helpers_1_0_finder.py": (
                "import sys\nMAPPING: dict[str, str] = {{'helpers': '{lib}/helpers'}}\n"
            )
        },
    ],
)
def test_a_package_installed_in_place_is_followed(link: dict[str, str], tmp_path: Path) -> None:
    write(
        tmp_path, {"lib/helpers/__init__.py": DETACHES, "work/train.py": train("from helpers import helper")}
    )
    write(tmp_path, {"work/.venv/pyvenv.cfg": ""})
    root = tmp_path / "work"
    for name, text in link.items():
        write(root / ".venv" / SITE, {name: text.format(lib=tmp_path / "lib")})
    folders = editable_folders([root])
    assert folders == (str(tmp_path / "lib"),)
    assert codes(root, workspace=Workspace([root], folders)) == ["CR101"]


@pytest.mark.parametrize(
    "text", ["MAPPING = {", "MAPPING = {open('x'): 1}", "MAPPING = {1: 2}", "\x00/nowhere"]
)
def test_what_is_no_link_leads_nowhere(text: str, tmp_path: Path) -> None:
    write(tmp_path, {".venv/pyvenv.cfg": ""})
    write(tmp_path / ".venv" / SITE, {"a_finder.py": text, "a.pth": text})
    assert editable_folders([tmp_path, tmp_path / "none"]) == ()


def test_jedi_finds_what_a_changed_sys_path_leads_to(tmp_path: Path) -> None:
    change = "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), '..', 'libs'))\n"
    text = train(change + "from util import helper")
    write(tmp_path, {"libs/util.py": DETACHES, "work/train.py": text})
    root, answered = tmp_path / "work", threading.Event()
    files = Files()
    names = JediNames(str(root), files, answered.set)
    analyzer = Analyzer(project=Workspace([root], files=files, definitions=names))
    path = str(root / "train.py")
    assert not analyzer.analyze(text, path).findings, "nobody waits for jedi"
    assert answered.wait(PATIENCE)
    assert [finding.code for finding in analyzer.analyze(text, path).findings] == ["CR101"]
    names.close()


def test_jedi_is_asked_only_about_files_that_change_sys_path(tmp_path: Path) -> None:
    write(tmp_path, {"train.py": train("from util import helper")})
    program = f"""
import sys
from chainrule.project import Files, JediNames
names = JediNames({str(tmp_path)!r}, Files())
assert names("util", {str(tmp_path / "train.py")!r}) is None
assert names._thread is None and "jedi" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_jedi_stops_when_its_time_is_spent(tmp_path: Path) -> None:
    change = "import sys\nsys.path.append('libs')\n"
    write(tmp_path, {"train.py": change})
    names = JediNames(str(tmp_path), Files(), budget=0.0)
    importer = str(tmp_path / "train.py")
    assert names("util", importer) is None
    names.close()
    assert names._thread is not None
    names._thread.join(PATIENCE)
    assert names("util", importer) is None
