"""From a dotted module name to its file, as the interpreter that runs the importing file would find it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from chainrule.project.files import Files

_URI = re.compile(r"\w\w+:")
MAX_FOLDERS_UP = 8
# Known by name, or of no use to a gradient: never followed, wherever they are installed.
_NOT_FOLLOWED = frozenset(
    """torch torchvision torchaudio torchtext numpy scipy pandas sklearn matplotlib seaborn PIL cv2
    skimage jax jaxlib flax tensorflow keras transformers datasets accelerate lightning
    pytorch_lightning einops tqdm wandb tensorboard tensorboardX hydra omegaconf yaml requests
    networkx sympy numba triton cupy onnx onnxruntime h5py pytest hypothesis IPython
    typing_extensions""".split()
)


class Resolution:
    """Where modules are: beside the importing file, below `roots`, and on `search_paths`, in this order.

    All paths are absolute.
    """

    def __init__(self, files: Files, roots: tuple[str, ...], search_paths: tuple[str, ...] = ()) -> None:
        self._files = files
        self._roots = roots
        self._search_paths = search_paths

    def package_of(self, path: str) -> str:
        """The dotted package that the file `path` is in, "" for a script at the top.

        Folders with an `__init__.py` are packages; below a root, folders without one are too (PEP 420).
        """
        folder = os.path.dirname(path)
        parts: list[str] = []
        while folder and self._is_package(folder):
            folder, name = os.path.split(folder)
            parts.append(name)
        if parts or not folder:
            return ".".join(reversed(parts))
        below = [root for root in self._tops() if folder.startswith(root + os.sep)]
        if not below:
            return ""
        names = folder[len(max(below, key=len)) + 1 :].split(os.sep)
        return ".".join(names) if all(name.isidentifier() for name in names) else ""

    def find(self, dotted: str, importer: str, package: str) -> str | None:
        """The file of the module `dotted`, imported by the file `importer` of `package`; None if unknown."""
        parts = dotted.split(".")
        if not followed(dotted):
            return None
        for base, rest in self._places(parts, importer, package):
            found = self._below(base, rest)
            if found is not None:
                return found
        return None

    def around(self, path: str) -> tuple[str, ...]:
        """The folders of the files that may import the file `path`: the roots, its own package or folder."""
        folder = os.path.dirname(path)
        while self._is_package(folder) and self._is_package(os.path.dirname(folder)):
            folder = os.path.dirname(folder)
        tops = {*self._roots, folder} if os.path.isabs(path) else set()
        return tuple(top for top in tops if not any(top.startswith(each + os.sep) for each in tops))

    def _is_package(self, folder: str) -> bool:
        return self._files.is_file(os.path.join(folder, "__init__.py"))

    def _places(self, parts: list[str], importer: str, package: str) -> Iterator[tuple[str, list[str]]]:
        folder = "" if _URI.match(importer) else os.path.dirname(importer)
        own = package.split(".") if package else []
        shared = 0
        while shared < min(len(own), len(parts)) and own[shared] == parts[shared]:
            shared += 1
        if shared and folder:
            yield _up(folder, len(own) - shared), parts[shared:]
        if folder and not self._is_package(folder):
            yield folder, parts
        for top in self._tops():
            yield top, parts
        for above in _above(folder, self._roots):
            yield above, parts
            yield os.path.join(above, "src"), parts
        for path in self._search_paths:
            yield path, parts

    def _tops(self) -> Iterator[str]:
        for root in self._roots:
            yield root
            yield os.path.join(root, "src")

    def _below(self, base: str, parts: list[str]) -> str | None:
        folder = base
        for part in parts[:-1]:
            if part not in self._files.listing(folder):
                return None
            folder = os.path.join(folder, part)
        if parts:
            folder = os.path.join(folder, parts[-1])
        package = os.path.join(folder, "__init__.py")
        if self._files.is_file(package):
            return package
        if not parts:
            return None
        module = folder + ".py"
        return module if self._files.is_file(module) else None


def followed(dotted: str) -> bool:
    """Whether the source of the module `dotted` is worth looking for."""
    top = dotted.partition(".")[0]
    return bool(top) and top not in _NOT_FOLLOWED and top not in sys.stdlib_module_names


def _up(folder: str, levels: int) -> str:
    for _ in range(levels):
        folder = os.path.dirname(folder)
    return folder


def _above(folder: str, roots: tuple[str, ...]) -> Iterator[str]:
    """The folders from `folder` up to the root that it is below, nearest first."""
    if not any(folder == root or folder.startswith(root + os.sep) for root in roots):
        return
    for _ in range(MAX_FOLDERS_UP):
        yield folder
        if folder in roots:
            return
        folder = os.path.dirname(folder)
