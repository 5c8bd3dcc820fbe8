"""Bytes to text and back: nothing is lost, and what is not Python is named."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from building import span
from chainrule.findings import Edit
from chainrule.sources import SourceError, decode, read, write


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"\xef\xbb\xbfx = 'h\xc3\xa9'\n",
        b"# -*- coding: latin-1 -*-\nx = 'h\xe9'\n",
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
        b"# coding: shift_jis\nx = '\x83\x65'\n",
        b"x = 1\x0c\ny = 2\n",
        b"x = 1\n" * 200_000,
    ],
)
def test_what_is_read_is_written_back_byte_for_byte(data: bytes) -> None:
    assert decode(data, "a.py").encode() == data


def test_an_edit_keeps_encoding_mark_and_line_ends() -> None:
    source = decode(b"# coding: latin-1\r\nx = '\xe9'.item()\r\n", "a.py")
    changed = source.with_edits([Edit(span(source.text, ".item()"), "")])
    assert changed.encode() == b"# coding: latin-1\r\nx = '\xe9'\r\n"


def test_an_edit_that_the_encoding_cannot_hold_is_named() -> None:
    source = decode(b"# coding: latin-1\nx = 1\n", "a.py")
    with pytest.raises(SourceError, match="latin-1"):
        source.with_edits([Edit(span(source.text, "1", 2), "'\N{GREEK SMALL LETTER ALPHA}'")]).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\ny = '\xe9'\n", "is not UTF-8: byte 0xe9 in line 2"),
        (b"x = 1\n\0", "has a NUL byte in line 2"),
        (b"# coding: klingon\n", "unknown encoding 'klingon'"),
        (b"# coding: hex\n00", "unknown encoding 'hex'"),
        ("x = 1".encode("utf-16"), "is UTF-16"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "byte-order mark but declares"),
    ],
)
def test_what_is_not_python_is_named(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        decode(data, "a.py")


def test_a_cookie_counts_only_in_a_comment_of_the_first_two_lines() -> None:
    assert decode(b"x = 1\n# coding: latin-1\n", "a.py").encoding == "utf-8"
    assert decode(b"\n\n# coding: latin-1\n", "a.py").encoding == "utf-8"
    assert decode(b"\n# coding: latin-1\n", "a.py").encoding == "latin-1"


def test_an_unreadable_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read(str(tmp_path / "missing.py"))
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        read(str(tmp_path))


def test_writing_keeps_the_mode_and_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "a.py", tmp_path / "b.py"
    target.write_bytes(b"old")
    target.chmod(0o750)
    link.symlink_to(target)
    write(str(link), b"new")
    assert target.read_bytes() == b"new"
    assert link.is_symlink()
    assert stat.S_IMODE(os.stat(target).st_mode) == 0o750
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]
