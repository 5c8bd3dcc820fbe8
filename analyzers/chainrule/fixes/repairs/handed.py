"""Repairs of an index that other functions of the file read: they get the probabilities in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chainrule.findings import Applicability
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.common import casts_around
from chainrule.fixes.repairs.drawn import expected
from chainrule.fixes.repairs.indices import SAID, fits, read, softmax_of
from chainrule.fixes.repairs.picks import Pick, Use, pick_of, use_of
from chainrule.fixes.site import FixSite, FunctionNode, Plan, Repair
from chainrule.fixes.statements import insert_after, stands_alone
from chainrule.fixes.usage import nodes_of
from chainrule.syntax import walk_tree

_DEEPEST = 8


def hand_on_probabilities(site: FixSite) -> Iterator[Repair]:
    """`return x.argmax(-1)`, elsewhere `self.table(index)` → `x.softmax(-1)`, and `probs @ self.table.weight`

    Every function on the way has to get or give this index alone.
    """
    pick = pick_of(site)
    drawn = pick is None
    pick = pick or expected(site)
    if pick is None or pick.statement is None or pick.kept or not pick.dim:
        return
    start: list[ast.expr] = [] if pick.node is None else [pick.node]
    if pick.name:
        start = _reads(site, pick.name, pick.statement)
    way = _Way(site, pick)
    if not start or not all(way.follow(each, 0) for each in start) or not way.crossed or not way.uses:
        return
    plan = site.plan()
    for there, use, text in way.uses:
        plan.replace(use.node, read(there, plan, replace(pick, dim="-1"), use, text))
    if not _give(site, plan, pick):
        return
    said = dict.fromkeys(SAID[use.kind] for _, use, _ in way.uses)
    instead = ", in place of a draw" if drawn else ""
    yield plan.repair(f"Use {' and '.join(said)}{instead}", Applicability.UNSAFE)


def _give(site: FixSite, plan: Plan, pick: Pick) -> bool:
    """Put the probabilities in the place of the index."""
    text = softmax_of(site, plan, pick)
    if pick.node is not None:
        plan.replace(casts_around(site, pick.node), text)
        return True
    if pick.statement is None or not stands_alone(site.source, pick.statement):
        return False
    insert_after(plan, pick.statement, f"{pick.name} = {in_one_line(text)}")
    return True


def _reads(site: FixSite, name: str, statement: ast.AST) -> list[ast.expr]:
    found: list[ast.expr] = []
    for node in site.scope.reads.get(name, ()):
        binding = site.scope.binding_of(node)
        if binding is not None and binding.statement is statement:
            found.append(node)
    return found


@dataclass
class _Way:
    """Where an index goes, through returns and arguments of the functions of the file.

    `uses` are the places that read it, each with the text of what holds the probabilities there.
    """

    site: FixSite
    pick: Pick
    uses: list[tuple[FixSite, Use, str]] = field(default_factory=list)
    crossed: bool = False

    def follow(self, node: ast.expr, depth: int) -> bool:
        """Note the uses of an expression that holds the index; False where one of them can't be followed."""
        site = self._site_of(node)
        outer = casts_around(site, node)
        parent = site.parent(outer)
        if depth > _DEEPEST or not isinstance(outer, ast.expr):
            return False
        match parent:
            case ast.Return():
                return self._returned(site.function, None, depth)
            case ast.Tuple(elts=elements) if isinstance(site.parent(parent), ast.Return):
                return self._returned(site.function, (elements.index(outer), len(elements)), depth)
            case ast.Assign(targets=[ast.Name(id=name)]):
                return all(self.follow(each, depth + 1) for each in _reads(site, name, parent))
            case ast.Call(func=function) if outer in parent.args and (taker := self._defined(function)):
                return self._given(parent, outer, taker, depth)
            case ast.Attribute(attr="shape" | "device") | ast.Call(func=ast.Name(id="len")):
                return True
            case ast.Attribute(attr="size") as asked if _asks_first(site.parent(asked)):
                return True
            case _:
                use = use_of(site, outer)
                if use is None or use.kind in ("value", "computed") or not fits(self.pick, use):
                    return False
                self.uses.append((site, use, site.segment(outer)))
                return True

    def _site_of(self, node: ast.AST) -> FixSite:
        """The site of another expression of the file."""
        around: ast.AST | None = node
        while around is not None and not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            around = self.site.parent(around)
        return FixSite(self.site.text, self.site.tree, node, around, self.site.names)

    def _defined(self, function: ast.expr) -> FunctionNode | None:
        """The one function of the file that a call may mean; `forward`, where it is of an object."""
        match function:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found = [each for each in self._functions(name) if name in self._names(each)]
                return found[0] if len(found) == 1 else None
            case _:
                return None

    def _functions(self, name: str) -> list[FunctionNode]:
        """The functions that may be called so."""
        nodes = nodes_of(self.site.tree)
        functions = (each for each in nodes if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
        return [each for each in functions if each.name in (name, "forward")]

    def _names(self, function: FunctionNode) -> frozenset[str]:
        """The names under which a function is called: those of objects of its class for `forward`."""
        owner = self.site.parent(function)
        if function.name != "forward" or not isinstance(owner, ast.ClassDef):
            return frozenset({function.name})
        found = {owner.name.lower()}
        for node in nodes_of(self.site.tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name) | ast.Attribute(attr=name)],
                    value=ast.Call(func=ast.Name(id=made)),
                ) if made == owner.name:
                    found.add(name)
                case _:
                    pass
        return frozenset(found)

    def _calls(self, function: FunctionNode) -> list[ast.Call]:
        names = self._names(function)
        return [
            node
            for node in nodes_of(self.site.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in names
        ]

    def _returned(self, function: FunctionNode | None, element: tuple[int, int] | None, depth: int) -> bool:
        """What the callers do with the index, alone or one element of a tuple."""
        named = function is not None and function.name != "forward"
        if function is None or not named or self._defined(ast.Name(function.name)) is not function:
            return False
        if sum(isinstance(node, ast.Return) for node in walk_tree(function)) != 1:
            return False
        calls = self._calls(function)
        self.crossed = True
        return bool(calls) and all(self._taken(call, element, depth) for call in calls)

    def _taken(self, call: ast.Call, element: tuple[int, int] | None, depth: int) -> bool:
        if element is None:
            return self.follow(call, depth + 1)
        place, count = element
        site = self._site_of(call)
        match site.parent(call):
            case ast.Assign(targets=[ast.Tuple(elts=targets)]) as statement if len(targets) == count:
                target = targets[place]
                if not isinstance(target, ast.Name):
                    return False
                return all(self.follow(each, depth + 1) for each in _reads(site, target.id, statement))
            case _:
                return False

    def _given(self, call: ast.Call, argument: ast.expr, taker: FunctionNode, depth: int) -> bool:
        """What a function that is called nowhere else does with its argument."""
        method = isinstance(self.site.parent(taker), ast.ClassDef)
        place = call.args.index(argument) + method
        names = [each.arg for each in taker.args.posonlyargs + taker.args.args]
        if len(self._calls(taker)) != 1 or place >= len(names):
            return False
        site = self._site_of(taker.body[0])
        if len(site.scope.bindings.get(names[place], ())) != 1:
            return False
        self.crossed = True
        reads: list[ast.expr] = [*site.scope.reads.get(names[place], ())]
        return bool(reads) and all(self.follow(each, depth + 1) for each in reads)


def _asks_first(node: ast.AST | None) -> bool:
    """Whether a call asks for the first size, which the probabilities have, too."""
    match node:
        case ast.Call(args=[ast.Constant(value=0)]):
            return True
        case _:
            return False
