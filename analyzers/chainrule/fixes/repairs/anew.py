"""Repairs of a graph that is made once and gone through in every step: made anew, or kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs import leaves
from chainrule.fixes.repairs.common import wrapped
from chainrule.fixes.repairs.grad_mode import retain_graph
from chainrule.fixes.site import FixSite, Repair, ScopeNode
from chainrule.fixes.statements import insert_before, remove, replace_lines, stands_alone
from chainrule.fixes.usage import names_in, scope_of
from chainrule.syntax import walk_tree

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_CACHES = frozenset({"functools.cached_property", "functools.cache", "functools.lru_cache"})


def compute_anew(site: FixSite) -> Iterator[Repair]:
    """`if self.cache is None: self.cache = f()` → `self.cache = f()`: its graph lasts for one step only"""
    statement = site.statement()
    yield from _uncached(site)
    yield from _moved(site)
    branch = site.parent(statement) if statement is not None else None
    match branch:
        case ast.If(test=test, body=[*before, ast.Assign(targets=[target])], orelse=[]) if _asks_for(
            test, target
        ):
            pass
        case _:
            return
    body = [*before, branch.body[-1]]
    lone = all(each.lineno == each.end_lineno and stands_alone(site.source, each) for each in body)
    if not lone or not stands_alone(site.source, branch):
        return
    plan = site.plan()
    replace_lines(plan, [branch], [site.segment(each) for each in body])
    yield plan.repair("Compute it anew in every step", Applicability.UNSAFE)


def _asks_for(test: ast.expr, target: ast.expr) -> bool:
    """Whether a condition is that a value is not there yet: `x is None`, `x is None or x.size(0) != n`"""
    match test:
        case ast.Compare(left=tested, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return ast.unparse(target) == ast.unparse(tested)
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _asks_for(first, target)
        case _:
            return False


def _uncached(site: FixSite) -> Iterator[Repair]:
    """`@cached_property` → `@property`; `@lru_cache` is taken away"""
    function = site.function
    for decorator in function.decorator_list if function is not None else ():
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        dotted = site.names.resolve(made)
        if dotted not in _CACHES:
            continue
        plan = site.plan()
        if dotted.endswith("cached_property"):
            plan.replace(decorator, "property")
        else:
            start = site.source.line_start(site.source.line_of(site.source.span(decorator)[0]))
            end = site.source.line_start(site.source.line_of(site.source.span(decorator)[1]) + 1)
            if site.source.text[start:end].strip() != "@" + site.segment(decorator):
                continue
            plan.replace_span(start, end, "")
        yield plan.repair("Compute it anew in every step", Applicability.UNSAFE)
        return


def _moved(site: FixSite) -> Iterator[Repair]:
    """`y = net(x)` before a loop or a closure that calls backward → the same inside it"""
    statement = site.statement()
    around: ast.AST | None = site.node
    home: ast.stmt | None = None
    while around is not None and around is not site.function:
        if isinstance(around, ast.For | ast.While | ast.FunctionDef):
            home = around
        around = site.parent(around)
    outer: ScopeNode = site.function or site.tree
    if isinstance(statement, ast.Expr) and home is None and site.function is not None:
        parent = site.parent(outer)
        if isinstance(parent, ast.FunctionDef):
            home, outer = site.function, parent
    if not isinstance(home, ast.For | ast.While | ast.FunctionDef):
        return
    scope = site.scope if outer in (site.function, site.tree) else scope_of(outer)
    header = names_in(home.iter) if isinstance(home, ast.For) else frozenset()
    for name in sorted(names_in(home) - header):
        binding = scope.only_binding(name)
        made = binding.statement if binding is not None else None
        if (
            not isinstance(made, ast.Assign)
            or scope.is_inside(made, [home])
            or not _calls_something(made.value)
        ):
            continue
        if scope.is_read_outside(name, home) or site.parent(made) is not site.parent(home):
            continue
        first = home.body[0]
        if not all(stands_alone(site.source, s) for s in (made, first)):
            continue
        plan = site.plan()
        remove(plan, made)
        targets = " = ".join(site.segment(target) for target in made.targets)
        insert_before(plan, first, f"{targets} = {in_one_line(site.segment(made.value))}")
        yield plan.repair("Compute it anew in every step", Applicability.UNSAFE)
        return


def _calls_something(value: ast.expr) -> bool:
    """Whether an expression calls an object or a method of the object: `net(x)`, `self.displaced(x)`"""
    return any(
        isinstance(node, ast.Call) and bool(node.args) and ast.unparse(node.func).startswith("self.")
        for node in walk_tree(value)
    ) or _calls_local(value)


def compute_where_read(site: FixSite) -> Iterator[Repair]:
    """In `__init__`, `self.weight = self.a @ self.b` → `self.a @ self.b` where a method reads it"""
    statement = site.statement()
    function = site.function
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self")) as kept], value=value):
            pass
        case _:
            return
    if function is None or function.name != "__init__":
        return
    read = {n for n in walk_tree(value) if isinstance(n, ast.Name) and site.names.resolve(n) is None}
    given = sorted({n.id for n in read} - {"self"})
    own = {n.id for n in read} & {"self"}
    if not own or any(g not in site.scope.parameters or len(site.scope.bindings[g]) != 1 for g in given):
        return
    places = [
        node
        for node in walk_tree(site.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == ast.unparse(kept) and node is not kept
    ]
    if not places or any(not isinstance(node.ctx, ast.Load) for node in places):
        return
    if not stands_alone(site.source, statement) or len(function.body) < 2:
        return
    plan = site.plan()
    taken = {n.attr for n in walk_tree(site.tree) if isinstance(n, ast.Attribute)}
    if given and taken & set(given):
        return
    if given:  # what the constructor is given is kept, in place of what is computed from it
        replace_lines(plan, [statement], [f"self.{name} = {name}" for name in given])
    else:
        remove(plan, statement)
    kept_now: dict[ast.AST, str] = {n: f"self.{n.id}" for n in read if n.id != "self"}
    text = in_one_line(site.source.substitute(value, kept_now))
    for node in places:
        chained = isinstance(site.parent(node), ast.Attribute | ast.Subscript)
        operation = wrapped(site, node, text) if isinstance(value, ast.BinOp) else text
        plan.replace(node, atom(value, text) if chained else operation)
    yield plan.repair("Compute it anew in every step", Applicability.UNSAFE)


def keep_graph(site: FixSite) -> Iterator[Repair]:
    """`loss.backward()` through what a module computed before the loop → with `retain_graph=True`"""
    statement = site.statement()
    loop: ast.AST | None = site.node
    while loop is not None and not isinstance(loop, _LOOPS):
        loop = site.parent(loop)
    if not isinstance(statement, ast.Expr) or loop is None or any(leaves.clamp_in_place(site)):
        return
    before = [
        binding.value
        for name in names_in(loop)
        if (binding := site.scope.only_binding(name)) is not None
        and not site.scope.is_inside(binding.statement, [loop])
    ]
    if any(value is not None and _calls_local(value) for value in before):
        for repair in retain_graph(site):
            title = "Keep the graph for the next step"
            yield Repair(title, Applicability.UNSAFE, repair.edits, repair.imports)


def _calls_local(value: ast.expr) -> bool:
    """Whether an expression calls an object by its name, as a module is called: `features(x)`"""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id[:1].islower()
        and node.args
        for node in walk_tree(value)
    )
