"""Put the language server and what it needs below one folder, ready for any Python that runs it.

Usage: bundle_libs.py FOLDER

FOLDER gets `launch.py` and `libs/`: the project's own wheel, built here, and the packages pinned in
`bundled-requirements.txt`. Only pure-Python wheels are taken, and none is left out because of the Python
that happens to run this script, so that one package serves every platform and every Python >= 3.10.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

CLIENT = Path(__file__).resolve().parent.parent
PURE = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.10"]
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
STUBS = {"PyYAML", "six", "tqdm"}
"""Of the stubs that jedi brings for third-party packages (most files): what training code imports."""


def pip(*arguments: str) -> None:
    """Run pip of this Python; its own message is the error that the user sees."""
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "-qq"], check=True
    )


def require_closed(libs: Path) -> None:
    """Exit unless every dependency of every bundled package is bundled, whichever Python >= 3.10 asks."""
    bundled = list(importlib.metadata.distributions(path=[str(libs)]))
    names = {canonicalize_name(package.name) for package in bundled}
    for package in bundled:
        for requirement in map(Requirement, package.requires or []):
            needed = requirement.marker is None or any(
                requirement.marker.evaluate({"python_version": version, "extra": ""}) for version in PYTHONS
            )
            if needed and canonicalize_name(requirement.name) not in names:
                sys.exit(f"{package.name} needs {requirement}: add it to bundled-requirements.txt")


def main(folder: Path) -> None:
    libs = folder / "libs"
    if folder.exists():
        shutil.rmtree(folder)
    libs.mkdir(parents=True)
    install = ["install", "--no-deps", "--no-compile", f"--target={libs}"]
    pip(*install, *PURE, f"--requirement={CLIENT / 'bundled-requirements.txt'}")
    with tempfile.TemporaryDirectory() as wheels:
        pip("wheel", "--no-deps", f"--wheel-dir={wheels}", str(CLIENT.parent))
        pip(*install, *(str(wheel) for wheel in Path(wheels).glob("*.whl")))
    shutil.rmtree(libs / "bin", ignore_errors=True)
    for stubs in (libs / "jedi/third_party/typeshed/stubs").iterdir():
        if stubs.name not in STUBS:
            shutil.rmtree(stubs)
    require_closed(libs)
    native = [path for path in libs.rglob("*") if path.suffix in {".so", ".pyd", ".dylib"}]
    if native:
        sys.exit(f"{native[0]} is not pure Python, so it would not run on every platform")
    shutil.copy(CLIENT / "scripts" / "launch.py", folder / "launch.py")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
