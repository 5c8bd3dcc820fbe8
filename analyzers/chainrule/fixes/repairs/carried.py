"""Repairs of a graph that an attribute carries from one training step into the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import number
from chainrule.fixes.repairs import pairs
from chainrule.fixes.repairs.common import text_of
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import block_of, insert_before, stands_alone
from chainrule.syntax import walk_tree

_TITLE = "Keep the value without its graph"
# What a tensor tells about itself, without its graph.
_PLAIN = frozenset({"detach", "shape", "size", "dim", "ndim", "device", "dtype", "data", "item"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def keep_value_only(site: FixSite) -> Iterator[Repair]:
    """`self.state = self.cell(x, self.state)` → `self.state = self.cell(x, self.state.detach())`

    What the loss of this step uses keeps its graph: the old value is detached where it is read, or the new
    one where it is stored and nothing reads it afterwards.
    """
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[*targets], value=value):
            target = _attribute(site, targets)
        case ast.AugAssign(target=ast.Attribute() as target, value=value):
            pass
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Attribute() as target, attr="append"), args=[value])
        ):
            pass
        case _:
            return
    if target is None or site.function is None:
        return
    if "LSTM" in site.text:
        yield from pairs.detach_state(site, statement, target)
        return
    carried = _Carried(site, statement, target)
    plan = site.plan()
    if isinstance(value, ast.Name) and not carried.used_later() and carried.loop() is None:
        plan.replace(value, f"{text_of(site, value)}.detach()")
    elif isinstance(statement, ast.Assign) and carried.is_for_next_step():
        for each in (statement, *_carried_too(site, statement)):
            plan.replace(each.value, f"{text_of(site, each.value)}.detach()")
    elif not isinstance(statement, ast.Assign) or not carried.detach_old(plan):
        return
    else:
        for other in _carried_too(site, statement):
            _Carried(site, other, other.targets[0]).detach_old(plan)  # type: ignore[arg-type]
    yield plan.repair(_TITLE, Applicability.UNSAFE)


def _carried_too(site: FixSite, statement: ast.Assign) -> Iterator[ast.Assign]:
    """The other statements of the same block that make an attribute of what it was: `self.z = self.z + x`"""
    for other in block_of(site.parents, statement) or ():
        match other:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self")) as target], value=value) if (
                other is not statement
            ):
                own = ast.unparse(target)
                if any(isinstance(n, ast.Attribute) and ast.unparse(n) == own for n in walk_tree(value)):
                    yield other
            case _:
                pass


def _attribute(site: FixSite, targets: list[ast.expr]) -> ast.Attribute | None:
    """The stored attribute: the one that is marked, or the only one."""
    found = [n for t in targets for n in walk_tree(t) if isinstance(n, ast.Attribute)]
    found = [n for n in found if isinstance(n.ctx, ast.Store)]
    marked = [n for n in found if n is site.node]
    return marked[0] if marked else found[0] if len(found) == 1 else None


class _Carried:
    """The reads of one attribute around the statement that stores it."""

    def __init__(self, site: FixSite, statement: ast.stmt, target: ast.Attribute) -> None:
        self.site = site
        self.statement = statement
        self.name = ast.unparse(target)
        self.places = [
            n for n in walk_tree(site.tree) if isinstance(n, ast.Attribute) and ast.unparse(n) == self.name
        ]

    def _reads(self) -> list[ast.Attribute]:
        return [n for n in self.places if isinstance(n.ctx, ast.Load) and not self._is_plain(n)]

    def _is_plain(self, read: ast.Attribute) -> bool:
        """Whether a read doesn't hand the graph on: `self.state.shape`, `self.state is None`."""
        parent = self.site.parent(read)
        return (isinstance(parent, ast.Attribute) and parent.attr in _PLAIN) or _is_test(parent, read)

    def _in_function(self, node: ast.AST) -> bool:
        current: ast.AST | None = node
        while current is not None and current is not self.site.function:
            current = self.site.parent(current)
        return current is not None

    def used_later(self) -> bool:
        """Whether the new value can be read in the same step: below, or by another method."""
        end = self.statement.end_lineno or self.statement.lineno
        return any(not self._in_function(read) or read.lineno > end for read in self._reads())

    def is_for_next_step(self) -> bool:
        """Whether other methods read the value, all of them before this step stores a new one."""
        end = self.statement.end_lineno or self.statement.lineno
        elsewhere = [read for read in self._reads() if not self._in_function(read)]
        below = any(self._in_function(read) and read.lineno > end for read in self._reads())
        if not elsewhere or below or self.loop() is not None or self.site.function is None:
            return False
        stored = self._calls(self.site.function.name)
        readers = {self._method_of(read) for read in elsewhere}
        if None in readers or len(stored) != 1:
            return False
        caller = self._method_of(stored[0])
        asked = [call for name in readers for call in self._calls(name or "")]
        return bool(asked) and all(
            self._method_of(call) == caller and call.lineno < stored[0].lineno for call in asked
        )

    def _calls(self, name: str) -> list[ast.Call]:
        """The calls of a method of the object."""
        return [
            node
            for node in ast.walk(self.site.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{name}"
        ]

    def _method_of(self, node: ast.AST) -> str | None:
        current = self.site.parent(node)
        while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            current = self.site.parent(current)
        return None if current is None else current.name

    def detach_old(self, plan: Plan) -> bool:
        """Detach the old value wherever it is read up to the statement. False where it is not read here."""
        end = self.statement.end_lineno or self.statement.lineno
        old = [read for read in self._reads() if self._in_function(read) and read.lineno <= end]
        if not old:
            return False
        loop = self.loop()
        if loop is not None:
            return self._detach_before(plan, loop)
        for read in old:
            if self._may_be_none(read):
                text = f"None if {self.name} is None else {self.name}.detach()"
                plan.replace(read, text if self._has_room(read) else f"({text})")
            elif self._is_number_first():
                plan.replace(read, f"{plan.spell('torch.as_tensor')}({self.name}).detach()")
            else:
                plan.replace(read, f"{self.name}.detach()")
        return True

    def loop(self) -> ast.stmt | None:
        """The outermost loop around the statement: its turns are one step, whose graph stays whole."""
        found: ast.stmt | None = None
        current = self.site.parent(self.statement)
        while current is not None and current is not self.site.function:
            if isinstance(current, _LOOPS):
                found = current
            current = self.site.parent(current)
        return found

    def _detach_before(self, plan: Plan, loop: ast.stmt) -> bool:
        if not stands_alone(self.site.source, loop):
            return False
        guard = f"None if {self.name} is None else " if self._may_be_none(loop) else ""
        insert_before(plan, loop, f"{self.name} = {guard}{self.name}.detach()")
        return True

    def _is_number_first(self) -> bool:
        """Whether the attribute is a Python number before the first step."""
        starts = (self.site.parent(n) for n in self.places if isinstance(n.ctx, ast.Store))
        return any(
            isinstance(start, ast.Assign | ast.AnnAssign) and number(start.value) is not None
            for start in starts
        )

    def _may_be_none(self, place: ast.stmt | ast.expr) -> bool:
        """Whether the attribute is None in the first step, and nothing before `place` sees to that."""
        starts = [self.site.parent(n) for n in self.places if isinstance(n.ctx, ast.Store)]
        optional = any(
            isinstance(start, ast.Assign | ast.AnnAssign)
            and isinstance(start.value, ast.Constant)
            and start.value.value is None
            for start in starts
        )
        return optional and not any(self._is_guard(node, place) for node in walk_tree(self.site.tree))

    def _is_guard(self, node: ast.AST, place: ast.stmt | ast.expr) -> bool:
        """`if self.state is None: self.state = …` before the place, or a condition around it."""
        if not isinstance(node, ast.If | ast.IfExp) or not self._in_function(node):
            return False
        tests = [
            n for n in walk_tree(node.test) if isinstance(n, ast.Attribute) and ast.unparse(n) == self.name
        ]
        if not tests:
            return False
        around = any(child is place for child in walk_tree(node))
        stores = any(n in self.places and isinstance(n.ctx, ast.Store) for n in self._attributes_in(node))
        return around or (stores and node.lineno < place.lineno)

    def _attributes_in(self, node: ast.AST) -> Iterator[ast.Attribute]:
        return (n for n in walk_tree(node) if isinstance(n, ast.Attribute))

    def _has_room(self, read: ast.Attribute) -> bool:
        """Whether a conditional expression can stand there without parentheses."""
        parent = self.site.parent(read)
        return isinstance(parent, ast.keyword | ast.Assign) or (
            isinstance(parent, ast.Call) and read is not parent.func
        )


def _is_test(parent: ast.AST | None, read: ast.expr) -> bool:
    match parent:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.If(test=test) | ast.IfExp(test=test):
            return test is read
        case _:
            return False
