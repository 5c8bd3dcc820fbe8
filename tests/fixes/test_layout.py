"""The same program in another layout gets the same fixes, and keeps the comments that are among its code."""

from __future__ import annotations

import ast
import io
import itertools
import random
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from chainrule.analysis import Analyzer
from chainrule.edits import Lines, apply
from chainrule.findings import Fix
from fixes.table import cases

PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "cases").glob("*.py"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in PROGRAMS}
TEXTS |= {str(case): case.before for case in cases() if case.mark is None}


def laid_out(text: str, chance: random.Random) -> str:
    """`text` with comments and line breaks between its tokens; its syntax tree stays what it is."""
    lines = Lines(text)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    depth = formatted = 0
    inserted: list[tuple[int, str]] = []
    for token, following in itertools.pairwise(tokens):
        kind = tokenize.tok_name[token.type]
        formatted += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if token.type != tokenize.OP:
            continue
        depth += (token.string in "([{") - (token.string in ")]}")
        if formatted or following.type in (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT):
            continue
        if following.string == ")":  # nobody breaks an empty call
            continue
        at = lines.line_start(token.end[0]) + token.end[1]
        if depth > 0 and token.string in ("(", "[") and chance.random() < 0.2:
            inserted.append((at, "\n        "))
        elif depth > 0 and token.string in (",", "*", "/", "**", "==", ">", "<") and chance.random() < 0.2:
            inserted.append((at, f"  # note {len(inserted)}\n        "))
        elif depth == 0 and token.string in ("=", "*", "/") and chance.random() < 0.1:
            inserted.append((at, " \\\n            "))
    for at, new in reversed(inserted):
        text = text[:at] + new + text[at:]
    return text


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def fixes(text: str) -> list[Fix]:
    found = Analyzer(remember=False).analyze(text).findings
    return [fix for finding in found for fix in finding.fixes if fix.edits]


@pytest.mark.parametrize("name", TEXTS)
def test_another_layout_gets_the_same_fixes(name: str) -> None:
    text = TEXTS[name]
    other = laid_out(text, random.Random(name))
    assert ast.dump(ast.parse(other)) == ast.dump(ast.parse(text))
    plain, spread = fixes(text), fixes(other)
    assert [fix.title for fix in plain] == [fix.title for fix in spread]
    for one, another in zip(plain, spread, strict=True):
        fixed = apply(other, another.edits)
        assert ast.dump(ast.parse(fixed)) == ast.dump(ast.parse(apply(text, one.edits)))
        assert not comments(other) - comments(fixed)
