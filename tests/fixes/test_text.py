"""The editing machinery: coordinates, overlaps, imports."""

from __future__ import annotations

import ast

import pytest

from chainrule.edits import apply, compatible
from chainrule.findings import Applicability, Edit, Fix, Position, Range, Verdict
from chainrule.fixes import SourceText
from chainrule.fixes.imports import import_edits
from chainrule.fixes.offer import fixes_for
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.names import Names
from chainrule.syntax import parse_block, split_blocks


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> Edit:
    return Edit(Range(Position(*start), Position(*end)), text)


def fix(*edits: Edit) -> Fix:
    return Fix("fix", Applicability.SAFE, edits)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_segment_behind_wide_characters(newline: str) -> None:
    text = f"a = 1{newline}é = '日本𝔹'; value = é.upper(){newline}"
    tree = ast.parse(text)
    value = tree.body[2]
    assert isinstance(value, ast.Assign)
    source = SourceText(text)
    assert source.segment(value.value) == "é.upper()"
    assert source.range(*source.span(value.value)) == Range(Position(2, 20), Position(2, 29))


def test_a_form_feed_ends_no_line() -> None:
    text = "a = 1\n\x0cb = a\n"
    source = SourceText(text)
    assert source.segment(ast.parse(text).body[1]) == "b = a"


def test_edits_are_made_in_one_go() -> None:
    text = "one two\nthree\n"
    edits = [edit((2, 1), (2, 6), "3"), edit((1, 1), (1, 4), "1"), edit((1, 5), (1, 5), "and ")]
    assert apply(text, edits) == "1 and two\n3\n"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="line 1, column 3"):
        apply("abcdef", [edit((1, 1), (1, 4), ""), edit((1, 3), (1, 5), "")])


def made(text: str, *fixes: Fix) -> tuple[str, tuple[Fix, ...]]:
    chosen = tuple(compatible(fixes))
    return apply(text, [edit for fix in chosen for edit in fix.edits]), chosen


def test_fixes_that_touch_each_other_wait() -> None:
    first = fix(edit((1, 1), (1, 3), "x"))
    second = fix(edit((1, 2), (1, 4), "y"))
    third = fix(edit((1, 5), (1, 6), "z"))
    assert made("abcdef", first, second, third) == ("xcdzf", (first, third))


def test_a_shared_edit_is_made_once() -> None:
    added = edit((1, 1), (1, 1), "import torch\n")
    text, chosen = made("ab", fix(added, edit((1, 1), (1, 2), "x")), fix(added, edit((1, 2), (1, 3), "y")))
    assert text == "import torch\nxy"
    assert len(chosen) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os\nimport torch\n\nx = 1\n", "import os\nimport torch\nimport new\n\nx = 1\n"),
        ("x = 1\n", "import new\n\nx = 1\n"),
        ('"""Doc."""\n\nx = 1\n', '"""Doc."""\n\nimport new\n\nx = 1\n'),
        (
            '"""Doc."""\nfrom __future__ import annotations\n\nx = 1\n',
            '"""Doc."""\nfrom __future__ import annotations\n\nimport new\n\nx = 1\n',
        ),
        ("#!/usr/bin/env python\nx = 1\n", "#!/usr/bin/env python\n\nimport new\n\nx = 1\n"),
        ("import os\r\nx = 1\r\n", "import os\r\nimport new\r\nx = 1\r\n"),
        ("import os", "import os\nimport new"),
        ("import new\nx = 1\n", "import new\nx = 1\n"),
        ("import os, new\nx = 1\n", "import os, new\nx = 1\n"),
        ("import os\ndef f(:\n    pass\n", "import os\nimport new\ndef f(:\n    pass\n"),
    ],
)
def test_imports_go_where_imports_are(before: str, after: str) -> None:
    assert apply(before, import_edits(before, ["import new"])) == after


def test_a_fix_speaks_about_the_whole_file() -> None:
    text = "from math import pi\n\n\ndef loss(pred):\n    return pi * pred.round().sum()\n"
    block = split_blocks(text)[-1]
    call = next(
        node
        for node in ast.walk(parse_block(block))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "round"
    )
    offered = fixes_for(Break(Cause.ROUNDING, block, call, Verdict.ZERO, ()), "loss", Names(), text)
    assert not offered.of_file
    assert apply(text, offered.fixes[0].edits) == text.replace(
        "pred.round()", "(pred + (pred.round() - pred).detach())"
    )
