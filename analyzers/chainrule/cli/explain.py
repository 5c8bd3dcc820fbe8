"""`chainrule explain`: what a code means, or what an operator does to a gradient."""

from __future__ import annotations

import argparse
import json
import re
import sys
from textwrap import indent
from typing import Any

from chainrule import gradient_facts
from chainrule.catalogue import BY_CODE, BY_NAME, Entry
from chainrule.cli.terminal import EXIT_CLEAN, Style, UsageError
from chainrule.gradient_facts import Explanation

_CODE = re.compile(r"CR\d+\Z", re.IGNORECASE)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK = re.compile(r"^- \[(.*)\]\((.*)\)$", re.MULTILINE)
_COLOURS = {"flows": "32", "zero": "33", "cut": "31", "raises": "31"}
VERSION = 1


def run(arguments: argparse.Namespace) -> int:
    topic: str = arguments.topic
    found = _find(topic)
    if found is None:
        raise UsageError(_unknown(topic))
    if arguments.format == "json":
        json.dump({"version": VERSION, **_fields(found)}, sys.stdout, indent=2)
        print()
    else:
        print(_text(found, Style.of(sys.stdout)))
    return EXIT_CLEAN


def _find(topic: str) -> Entry | Explanation | None:
    """A code is a rule; any other word is an operator first (`detach` is one), then the name of a rule."""
    if _CODE.match(topic):
        return BY_CODE.get(topic.upper())
    return gradient_facts.explain(topic) or BY_NAME.get(topic)


def _unknown(topic: str) -> str:
    from difflib import get_close_matches

    if _CODE.match(topic):
        close = tuple(get_close_matches(topic.upper(), BY_CODE, cutoff=0.5))
        return f"there is no rule {topic.upper()}{_suggest(close) or '; `chainrule rules` lists them'}"
    names = gradient_facts.nearest(topic) or tuple(get_close_matches(topic, BY_NAME))
    return f"no operator or rule is called {topic!r}{_suggest(names)}"


def _suggest(names: tuple[str, ...]) -> str:
    *others, last = names or ("",)
    listed = f"{', '.join(others)} or {last}" if others else last
    return f"; did you mean {listed}?" if names else ""


def _page(doc: str, style: Style) -> str:
    """A page of Markdown as it reads well in a terminal."""
    page = _FENCE.sub(lambda block: indent(block[1].rstrip(), "    "), doc.strip())
    page = _LINK.sub(lambda link: f"- {link[1]}: {style.paint('4', link[2])}", page)
    return _HEADING.sub(lambda heading: style.paint("1;36", heading[1]), page)


def _fields(found: Entry | Explanation) -> dict[str, Any]:
    if isinstance(found, Entry):
        return {
            "code": found.code,
            "name": found.name,
            "severity": found.severity.value,
            "summary": found.summary,
            "doc": found.doc,
        }
    return {
        "operator": found.operator,
        "outputs": [{"name": output.name, "gradient": output.gradient.value} for output in found.outputs],
        "source": found.source,
    }


def _text(found: Entry | Explanation, style: Style) -> str:
    if isinstance(found, Entry):
        title = style.paint("1", f"{found.code} {found.name}") + f" ({found.severity.value})"
        return f"{title}\n{found.summary}\n\n{_page(found.doc, style)}"
    widest = max((len(output.name) for output in found.outputs), default=0)
    rows = [
        f"  {output.name:<{widest}}  {style.paint(_COLOURS[output.gradient.value], output.gradient.value)}"
        for output in found.outputs
    ]
    notes = [f"  {note}" for note in found.notes]
    head = f"{style.paint('1', found.operator)}: what reaches its inputs through each output"
    return "\n".join([head, *rows, *notes, style.paint("2", f"  source: {found.source}")])
