"""The code of a loss as a function of its own."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from chainrule.edits import normalise
from chainrule.extraction.losses import Inline, inline_losses, selected_loss
from chainrule.extraction.refusals import refusal
from chainrule.extraction.scopes import bound
from chainrule.extraction.variables import Variables, code_of, needs_class, variables_of
from chainrule.extraction.writing import Writer, stands_alone
from chainrule.findings import Edit, Range
from chainrule.fixes import SourceText

_MAY_TRAIN = re.compile(r"backward\(|step\(|compute_loss\(|_batch\(")
_NO_SUBJECT = re.compile(r"(?<![^_])(?:loss|losses|step|backward|compute|closure|batch)(?![^_])")
_WORD = re.compile(r"\w+")
# Functions whose names say that something is measured are not taken for losses.
_MEASURES = re.compile(r"(?:^|_)(?:val|valid|validate|validation|test|eval|evaluate|predict|main|run)(?:_|$)")


@dataclass(frozen=True, slots=True)
class Extraction:
    """A loss that can become the function `qualname` by `edits`; without those, `reason` says why not."""

    qualname: str
    edits: tuple[Edit, ...] = ()
    reason: str = ""


def extraction_at(text: str, path: str, where: Range, cells: Collection[int] = ()) -> Extraction | None:
    """The extraction of the loss that is trained where a cursor stands, or that selected statements compute.

    `cells`: the lines at which cells of a notebook begin. None where no loss is computed in place, and in
    a file that cannot be parsed.
    """
    text = normalise(text)
    if _MAY_TRAIN.search(text) is None or (tree := _parsed(text)) is None:
        return None
    source = SourceText(text)
    loss = _loss_at(tree, source, where)
    return _extraction(source, tree, loss, path, cells) if loss is not None else None


@lru_cache(maxsize=2)  # asked again and again while a cursor moves through one version of a file
def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _loss_at(tree: ast.Module, source: SourceText, where: Range) -> Inline | None:
    first, last = where.start.line, min(where.end.line, len(source))
    while (
        first < last
        and not source.line(first)[where.start.column - 1 if first == where.start.line else 0 :].strip()
    ):
        first += 1
    while (
        last > first
        and not source.line(last)[: where.end.column - 1 if last == where.end.line else None].strip()
    ):
        last -= 1
    if where.start == where.end or (first == last and not _covers(source, where, first)):
        around = [loss for loss in inline_losses(tree) if _begin(loss) <= first <= loss.used]
        return max(around, key=_begin, default=None)
    return selected_loss(tree, first, last)


def _begin(loss: Inline) -> int:
    return loss.place.body[loss.first].lineno


def _covers(source: SourceText, where: Range, line: int) -> bool:
    """Whether a selection holds all of the code on a line."""
    start = where.start.column - 1 if where.start.line == line else 0
    end = where.end.column - 1 if where.end.line == line else None
    return source.line(line)[start:end].strip() == source.line(line).strip()


def _extraction(
    source: SourceText, tree: ast.Module, loss: Inline, path: str, cells: Collection[int]
) -> Extraction | None:
    passed = variables_of(loss)
    name = _name(loss, source.text, path)
    owner = loss.place.method if passed.receiver else None
    qualname = name if owner is None else f"{_qualname(tree, owner[0])}.{name}"
    if loss.value is None and loss.name not in passed.returned:
        return None
    if reason := _reason(source, loss, passed):
        return Extraction(qualname, reason=reason)
    return Extraction(qualname, Writer(source, loss, passed, name, cells).edits())


def _reason(source: SourceText, loss: Inline, passed: Variables) -> str:
    nodes = code_of(loss)
    if not stands_alone(source, loss):
        return "The code of the loss shares a line with other statements."
    if passed.missing:
        return f"`{passed.missing}` may have no value where the code of the loss begins."
    if loss.value is not None and bound([loss.value]):
        return "The expression of the loss binds a name."
    if needs_class(nodes) and loss.place.method is not None and not passed.receiver:
        return "The code of the loss has its meaning only in its class."
    return refusal(loss, nodes, passed.given, passed.returned)


def _qualname(tree: ast.Module, wanted: ast.ClassDef) -> str:
    pending = [(node, node.name) for node in tree.body if isinstance(node, ast.ClassDef)]
    for node, name in pending:
        if node is wanted:
            return name
        pending += [(each, f"{name}.{each.name}") for each in node.body if isinstance(each, ast.ClassDef)]
    return wanted.name


def _name(loss: Inline, text: str, path: str) -> str:
    """A name that ends as losses' do and that the file does not know yet."""
    known = set(_WORD.findall(text))
    what = _NO_SUBJECT.sub("", loss.name.lower()).strip("_")
    functions = loss.place.functions
    around = functions[0].name if functions else PurePath(path).stem.lower()
    around = _NO_SUBJECT.sub("", around).strip("_")
    if not around.isidentifier() or _MEASURES.search(around):
        around = "training"
    stems = [what, f"{around}_{what}"] if what.isidentifier() else [around, "training", "batch"]
    names = [f"{stem}_loss" for stem in stems]
    names += [f"{names[-1]}_{number}" for number in range(2, len(known) + 3)]
    return next(name for name in names if name not in known)
