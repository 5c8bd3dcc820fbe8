"""How much a run has written: the limit of the kernel is on one file, this is on all of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_BLOCK = 512
"""Bytes of a block in `st_blocks`, whatever the file system's own (stat(2))."""


def written(scratch: Path, processes: Iterable[int]) -> int:
    """Bytes on disk of the files below `scratch`, and of those without a name that the processes hold open
    (deleted files, memfd_create). Holes count nothing, links once."""
    sizes: dict[tuple[int, int], int] = {}
    for status in (*_below(str(scratch)), *_nameless(processes)):
        # st_blocks: Windows has none
        sizes[status.st_dev, status.st_ino] = getattr(status, "st_blocks", -(-status.st_size // _BLOCK))
    return sum(sizes.values()) * _BLOCK


def _below(folder: str) -> Iterator[os.stat_result]:
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    yield entry.stat(follow_symlinks=False)
        except OSError:
            continue  # it is being deleted


def _nameless(processes: Iterable[int]) -> Iterator[os.stat_result]:
    for pid in processes:
        try:
            opened = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue  # it has ended, or there is no /proc
        for fd in opened:
            try:
                status = os.stat(f"/proc/{pid}/fd/{fd}")
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                yield status
