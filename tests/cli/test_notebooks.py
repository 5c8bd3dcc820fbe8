"""Notebooks: their code as one text, findings by cell, and edits that leave every other byte alone."""

from __future__ import annotations

import ast
import json

import pytest

from building import at, finding, fix, span
from chainrule import notebooks
from chainrule.findings import (
    BreakAt,
    Edit,
    FunctionVerdicts,
    Position,
    Range,
    Report,
    SourceVerdict,
    Verdict,
)
from chainrule.sources import SourceError

NOTEBOOK = """{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["# A loss"]},
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "%matplotlib inline\\n",
    "import torch\\n",
    "!pip list"
   ]
  },
  {
   "source": [
    "def loss(pred, target):\\n",
    "    # \\u00e9t\\u00e9\\n",
    "    return (pred - target).item()"
   ],
   "cell_type": "code",   "metadata": {"tags": [ ]},
   "outputs": [{"text": ["0.5"]}], "execution_count": 7
  },
  {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 8, "source": "%%bash\\nls if then"},
  {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 9, "source": []}
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4, "nbformat_minor": 5
}
"""


def notebook(*sources: str, **metadata: object) -> notebooks.Notebook:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in sources]
    return notebooks.parse(
        json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode(), "n.ipynb"
    )


def test_code_cells_are_one_python_text() -> None:
    text = notebooks.parse(NOTEBOOK.encode(), "n.ipynb").text
    assert text == (
        "pass\nimport torch\npass\n"
        "def loss(pred, target):\n    # été\n    return (pred - target).item()\n"
        "\n\n\n"
    )
    ast.parse(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("if x:\n    %timeit f()\n", "if x:\n    pass\n"),
        ("files = !ls *.py", "files = None"),
        ("x = 5 % 3\ny = '%s' % x\nz != x", "x = 5 % 3\ny = '%s' % x\nz != x"),
        ("torch.topk?", "pass"),
        ("?torch", "pass"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("%%html\n<b>", "\n"),
    ],
)
def test_what_only_ipython_understands_is_blanked_line_for_line(source: str, text: str) -> None:
    assert notebooks.blank_magics(source) == text


def test_findings_are_placed_in_their_cell() -> None:
    book = notebooks.parse(NOTEBOOK.encode(), "n.ipynb")
    made = finding(
        book.text, "(pred - target).item()", path="n.ipynb", steps=(("pred", "comes in"),),
        fixes=(fix(book.text, ".item()", ""),),
    )  # fmt: skip
    place = span(book.text, "def loss(pred, target):")
    function = FunctionVerdicts(
        "n.ipynb", "loss", place, True, (SourceVerdict("pred", Verdict.CUT, (BreakAt(6, "CR105"),)),)
    )
    located = book.locate(Report((made,), (function,)))
    (moved,) = located.findings
    cell = dict(book.texts())["n.ipynb:cell 3"]
    assert moved.path == moved.related[0].path == "n.ipynb:cell 3"
    assert at(cell, moved.range) == "(pred - target).item()"
    assert at(cell, moved.related[0].range) == "pred"
    assert at(cell, moved.fixes[0].edits[0].range) == ".item()"
    assert located.functions[0].sources[0].breaks[0].line == 3
    assert notebooks.split_cell_path(moved.path) == ("n.ipynb", 3)


def test_an_edit_changes_its_line_of_the_json_only() -> None:
    book = notebooks.parse(NOTEBOOK.encode(), "n.ipynb")
    changed = book.with_edits(
        [
            Edit(span(book.text, ".item()"), ""),
            Edit(span(book.text, "import torch"), "import torch as t\nimport os"),
        ]
    )
    expected = NOTEBOOK.replace(".item()", "").replace(
        '"import torch\\n",', '"import torch as t\\n",\n    "import os\\n",'
    )
    assert changed.encode().decode() == expected


def test_a_source_that_is_one_string_stays_one() -> None:
    book = notebook("x = p.item()\n")
    changed = book.with_edits([Edit(span(book.text, ".item()"), "")])
    assert json.loads(changed.encode())["cells"][0]["source"] == "x = p\n"


def test_edits_of_magics_and_across_cells_are_refused() -> None:
    book = notebook("%cd x\na = 1", "b = 2")
    for range_ in (span(book.text, "pass"), Range(Position(2, 1), Position(3, 1))):
        with pytest.raises(ValueError, match=r"magic|two cells"):
            book.with_edits([Edit(range_, "")])


def test_notebooks_of_other_languages_have_no_code() -> None:
    assert notebook("x <- 1", language_info={"name": "R"}).text == ""


@pytest.mark.parametrize(
    "data", [b"", b"x = 1", b"[]", b'{"worksheets": []}', b"\xff\xfe", b'{"cells": 3}', b"[" * 100_000]
)
def test_what_is_no_notebook_is_named(data: bytes) -> None:
    with pytest.raises(SourceError, match="is not a Jupyter notebook"):
        notebooks.parse(data, "n.ipynb")


@pytest.mark.parametrize(
    "cell",
    [
        3,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": None},
        {"cell_type": "code", "source": [1]},
    ],
)
def test_odd_cells_do_no_harm(cell: object) -> None:
    data = json.dumps({"cells": [cell, {"cell_type": "code", "source": "x = 1"}]}).encode()
    assert "x = 1" in notebooks.parse(data, "n.ipynb").text
