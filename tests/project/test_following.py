"""Where imports lead: every way to spell one reaches the helper that detaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from folders import DETACHES, PASSES, codes, train, write

LAYOUTS = {
    "beside the file": ({"util.py": DETACHES}, train("from util import helper")),
    "module attribute": ({"util.py": DETACHES}, train("import util", "util.helper")),
    "alias": ({"util.py": DETACHES}, train("from util import helper as soften", "soften")),
    "in a package": (
        {"pkg/__init__.py": "", "pkg/util.py": DETACHES},
        train("from pkg.util import helper"),
    ),
    "submodule alias": (
        {"pkg/__init__.py": "", "pkg/util.py": DETACHES},
        train("import pkg.util as u", "u.helper"),
    ),
    "submodule by its full name": (
        {"pkg/__init__.py": "", "pkg/util.py": DETACHES},
        train("import pkg.util", "pkg.util.helper"),
    ),
    "submodule from its package": (
        {"pkg/__init__.py": "", "pkg/util.py": DETACHES},
        train("from pkg import util", "util.helper"),
    ),
    "without __init__.py": ({"pkg/util.py": DETACHES}, train("from pkg.util import helper")),
    "re-export": (
        {"pkg/__init__.py": "from .util import helper\n", "pkg/util.py": DETACHES},
        train("from pkg import helper"),
    ),
    "re-export under another name": (
        {"pkg/__init__.py": "from .util import helper as soften\n", "pkg/util.py": DETACHES},
        train("import pkg", "pkg.soften"),
    ),
    "re-export of a re-export": (
        {
            "pkg/__init__.py": "from .sub import helper\n",
            "pkg/sub/__init__.py": "from ..util import *\n",
            "pkg/util.py": DETACHES,
        },
        train("from pkg import helper"),
    ),
    "star": ({"util.py": DETACHES}, train("from util import *")),
    "src layout": (
        {"src/pkg/__init__.py": "", "src/pkg/util.py": DETACHES},
        train("from pkg.util import helper"),
    ),
    "assigned again": (
        {"util.py": DETACHES + "\nsoften = helper\n"},
        train("from util import soften", "soften"),
    ),
    "in a function": (
        {"util.py": DETACHES},
        train("").replace("    return", "    from util import helper\n    return"),
    ),
    "in a try": (
        {"util.py": DETACHES},
        train("try:\n    from util import helper\nexcept ImportError:\n    helper = None"),
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_import_is_followed(layout: str, tmp_path: Path) -> None:
    files, text = LAYOUTS[layout]
    write(tmp_path, {**files, "train.py": text})
    assert codes(tmp_path) == ["CR101"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_helper_that_passes_the_gradient_on_is_silent(layout: str, tmp_path: Path) -> None:
    files, text = LAYOUTS[layout]
    write(tmp_path, {name: file.replace(".detach()", "") for name, file in files.items()})
    write(tmp_path, {"train.py": text})
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "imports"),
    [
        ("pkg/loss.py", "from .util import helper"),
        ("pkg/loss.py", "from pkg.util import helper"),
        ("pkg/sub/loss.py", "from ..util import helper"),
        ("pkg/sub/loss.py", "from ...pkg.util import helper"),
    ],
)
@pytest.mark.parametrize("packages", [True, False])
def test_relative_imports(file: str, imports: str, packages: bool, tmp_path: Path) -> None:
    write(tmp_path, {"lib/pkg/util.py": DETACHES, f"lib/{file}": train(imports)})
    if packages:
        write(tmp_path, {"lib/pkg/__init__.py": "", "lib/pkg/sub/__init__.py": ""})
        if imports.startswith("from ...pkg"):
            write(tmp_path, {"lib/__init__.py": ""})
    assert codes(tmp_path, f"lib/{file}") == ["CR101"]


def test_a_relative_import_needs_no_root(tmp_path: Path) -> None:
    from chainrule.project import Workspace

    write(
        tmp_path,
        {"pkg/__init__.py": "", "pkg/util.py": DETACHES, "pkg/a.py": train("from .util import helper")},
    )
    assert codes(tmp_path, "pkg/a.py", Workspace()) == ["CR101"]


def test_folders_between_the_file_and_the_root_are_searched(tmp_path: Path) -> None:
    text = train("from models.util import helper")
    write(tmp_path, {"project/models/util.py": DETACHES, "project/scripts/train.py": text})
    assert codes(tmp_path, "project/scripts/train.py") == ["CR101"]


def test_a_script_finds_its_neighbour_before_the_root(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"util.py": PASSES, "tools/util.py": DETACHES, "tools/a.py": train("from util import helper")},
    )
    assert codes(tmp_path, "tools/a.py") == ["CR101"]


def test_a_module_of_a_package_finds_the_root_first(tmp_path: Path) -> None:
    text = train("from util import helper")
    write(tmp_path, {"util.py": DETACHES, "pkg/__init__.py": "", "pkg/util.py": PASSES, "pkg/a.py": text})
    assert codes(tmp_path, "pkg/a.py") == ["CR101"]


@pytest.mark.parametrize(
    "helper",
    [
        None,
        "def helper(x:\n    return x.detach()\n",
        "\x00",
        "from util import helper\n",
        "from nowhere import helper\n",
        "from util import *\n",
    ],
)
def test_what_cannot_be_read_is_assumed_to_be_differentiable(helper: str | None, tmp_path: Path) -> None:
    write(tmp_path, {"train.py": train("from util import helper")})
    if helper is not None:
        write(tmp_path, {"util.py": helper})
    assert codes(tmp_path) == []


def test_a_file_that_is_too_large_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"util.py": DETACHES + "#" * 400_001, "train.py": train("from util import helper")})
    assert codes(tmp_path) == []


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    first = "import torch\nfrom b import half\n\ndef helper(x):\n    return half(x)\n"
    second = "import torch\nfrom a import helper\n\ndef half(x):\n    return x.detach() / 2\n"
    write(tmp_path, {"a.py": first, "b.py": second, "train.py": train("from a import helper")})
    assert codes(tmp_path) == ["CR101"]
    circular = first.replace("half(x)\n", "half(x)\n\ndef own_loss(pred):\n    return half(pred).sum()\n")
    write(tmp_path, {"a.py": circular})
    assert codes(tmp_path, "a.py") == ["CR101"]


def test_installed_packages_are_followed_only_on_given_paths(tmp_path: Path) -> None:
    from chainrule.project import Workspace

    write(
        tmp_path, {"site/helpers/__init__.py": DETACHES, "work/train.py": train("from helpers import helper")}
    )
    root = tmp_path / "work"
    assert codes(root) == []
    assert codes(root, workspace=Workspace([root], [str(tmp_path / "site")])) == ["CR101"]
