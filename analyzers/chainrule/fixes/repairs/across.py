"""Repairs of arrays and numbers that go through several functions of a file on their way to the loss."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chainrule.findings import Applicability
from chainrule.fixes.repairs.arrays import called
from chainrule.fixes.repairs.lists import is_list
from chainrule.fixes.repairs.numpy_calls import Rewriter, write
from chainrule.fixes.repairs.rebuilt import REBUILDERS, STACKED, stack_list
from chainrule.fixes.repairs.uncut import in_torch, uncut
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.syntax import walk_tree

_MOST = 8


def arrays_in_torch(site: FixSite) -> Iterator[Repair]:
    """Every numpy step of the functions that an array of the break goes through → its torch counterpart"""
    if site.function is None:
        return
    way = _Way(site)
    if not way.follow() or len(way.rewriters) < 2:
        return
    plan = site.plan()
    for rewriter in way.rewriters.values():
        rewriter.plan = plan
        for expression in rewriter.affected():
            text = rewriter.text(expression)
            if rewriter.unknown or rewriter.given:
                return
            if text != site.segment(expression):
                write(rewriter.site, plan, expression, text)
    others = [function.name for function in way.rewriters if function is not site.function]
    named = " and ".join(f"`{name}`" for name in dict.fromkeys(others))
    instead = [f" ({each.instead})" for each in way.rewriters.values() if each.instead]
    title = f"Keep the computation in torch, in {named} as well{''.join(dict.fromkeys(instead))}"
    if plan.edits:
        yield plan.repair(title, Applicability.UNSAFE)


class _Way:
    """The functions of the file that get an array of the break, or are returned one."""

    def __init__(self, site: FixSite) -> None:
        self.site = site
        self.rewriters: dict[FunctionNode, Rewriter] = {}
        functions = [n for n in walk_tree(site.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        names = [function.name for function in functions]
        self.functions = {f.name: f for f in functions if names.count(f.name) == 1}
        self.given: dict[str, set[str]] = {}
        self.returning: frozenset[str] = frozenset()

    def follow(self) -> bool:
        """Find the functions; False where one of them can't be followed."""
        assert self.site.function is not None
        wanted = {self.site.function.name}
        for _ in range(_MOST):
            before = (len(wanted), self.returning, sum(map(len, self.given.values())))
            for name in sorted(wanted):
                if name not in self.functions:
                    return False
                self._look(self.functions[name], wanted)
            if before == (len(wanted), self.returning, sum(map(len, self.given.values()))):
                break
        followed = frozenset(self.given) | self.returning
        for rewriter in self.rewriters.values():
            rewriter.followed, rewriter.returning = followed, self.returning
        return len(self.rewriters) <= _MOST

    def _look(self, function: FunctionNode, wanted: set[str]) -> None:
        """Note which functions a function gives arrays to, and whether it returns some."""
        here = function is self.site.function
        around = self.site if here else replace(self.site, node=function, function=function)
        rewriter = Rewriter(replace(around, returns_loss=False))
        rewriter.arrays |= self.given.get(function.name, set())
        rewriter.returning = self.returning
        self.rewriters[function] = rewriter
        for expression in rewriter.affected():
            for call in (node for node in walk_tree(expression) if isinstance(node, ast.Call)):
                taker = self.functions.get(called(call))
                if taker is not None and (given := _parameters(call, taker, rewriter)):
                    self.given.setdefault(taker.name, set()).update(given)
                    wanted.add(taker.name)
        if rewriter.handed_out:
            users = self._users(function.name)
            if users:
                self.returning |= {function.name}
                wanted |= {user.name for user in users}

    def _users(self, name: str) -> list[FunctionNode]:
        """The functions of the file that call another one."""
        return [
            function
            for function in self.functions.values()
            if any(isinstance(n, ast.Call) and called(n) == name for n in walk_scope(function))
        ]


def _parameters(call: ast.Call, taker: FunctionNode, rewriter: Rewriter) -> Iterable[str]:
    """The parameters of a function that a call gives arrays to."""
    names = [argument.arg for argument in (*taker.args.posonlyargs, *taker.args.args)]
    if names and names[0] in ("self", "cls"):
        del names[0]
    placed = [name for name, part in zip(names, call.args, strict=False) if rewriter.is_affected(part)]
    return placed + [word.arg for word in call.keywords if word.arg and rewriter.is_affected(word.value)]


def numbers_as_tensors(site: FixSite) -> Iterator[Repair]:
    """`return float(p)`, elsewhere `torch.tensor(numbers)` → `return p`, and `torch.stack(numbers)`"""
    places = [node for node in (site.node, *site.way) if isinstance(node, ast.Call)]
    rebuilt = [call for call in places if site.names.resolve(call.func) in REBUILDERS and call.args]
    mine = _function_of(site, site.node)
    if not isinstance(site.node, ast.expr):
        return
    if site.node in rebuilt:
        yield from _stacked(site)
        return
    flagged = any(
        "requires_grad" in (n.attr if isinstance(n, ast.Attribute) else str(getattr(n, "arg", "")))
        for call in rebuilt
        for n in walk_tree(_function_of(site, call) or call)
    )
    if flagged or all(_function_of(site, call) is mine for call in rebuilt):
        return
    plan = site.plan()
    inside = {node for call in rebuilt for node in walk_tree(call)}
    for call in rebuilt:
        there = replace(site, node=call, function=_function_of(site, call))
        many = _holds_many(call.args[0]) or (_is_appended(site) and isinstance(call.args[0], ast.Name))
        if many or is_list(there, call.args[0]):
            stack_list(there, plan, call)
        else:
            plan.replace(call, uncut(there, call.args[0]))
    for node in dict.fromkeys((site.node, *places)):
        there = replace(site, function=_function_of(site, node))
        if node in inside or not isinstance(node, ast.expr):
            continue
        if isinstance(node, ast.Call) and (function := in_torch(there, node)):
            plan.replace(node.func, plan.spell(function))
        elif isinstance(node, ast.Call) and (site.names.resolve(node.func) or "").startswith(
            ("numpy.", "math.", "statistics.")
        ):
            return
        elif isinstance(node, ast.Call) and called(node) == "tolist":
            plan.replace(node, f"{uncut(there, node)}.unbind()")
        elif _is_cut(node):
            plan.replace(node, uncut(there, node))
    yield plan.repair("Keep the tensors all the way, through the functions between", Applicability.UNSAFE)


def _stacked(site: FixSite) -> Iterator[Repair]:
    """`torch.tensor(parts(x))` of a function that returns several → `torch.stack(parts(x))`"""
    assert isinstance(site.node, ast.Call)
    if isinstance(site.node.args[0], ast.Call) and is_list(site, site.node.args[0]):
        plan = site.plan()
        stack_list(site, plan, site.node)
        yield plan.repair(STACKED, Applicability.SAFE)


def _function_of(site: FixSite, node: ast.AST) -> FunctionNode | None:
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = site.parent(current)
    return current


def _is_cut(node: ast.expr) -> bool:
    """Whether an expression makes a number of a tensor."""
    match node:
        case ast.Call(func=ast.Attribute(attr="item")) | ast.Call(func=ast.Name(id="float"), args=[_]):
            return True
        case _:
            return False


def _is_appended(site: FixSite) -> bool:
    """Whether the number of the break goes into a list: `values.append(x.item())`"""
    match site.parent(site.node):
        case ast.Call(func=ast.Attribute(attr="append" | "insert")):
            return True
        case _:
            return False


def _holds_many(data: ast.expr) -> bool:
    """Whether what a tensor is made of is kept under a name for many: `episode["rewards"]`, `self.values`"""
    match data:
        case ast.Subscript(slice=ast.Constant(value=str() as name)) | ast.Attribute(attr=name):
            return not name.endswith("_item") and bool(names_in(data))
        case _:
            return False
