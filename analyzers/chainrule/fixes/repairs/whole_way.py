"""Repair of numbers on their whole way to a loss: tensors stay tensors until they are collected."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.repairs.lists import is_list
from chainrule.fixes.repairs.rebuilt import REBUILDERS, cast_of, stacked
from chainrule.fixes.repairs.several import OF_STACK
from chainrule.fixes.repairs.uncut import in_torch, written_value
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.fixes.vocabulary import words
from chainrule.syntax import children, walk_tree

_TITLE = "Keep the tensors all the way to the loss"
_REDUCED = {"mean": "mean()", "sum": "sum()", "max": "max()", "min": "min()", "prod": "prod()"} | {
    "std": "std(unbiased=False)",
    "var": "var(unbiased=False)",
    "average": "mean()",
}
_MADE = words("array asarray stack")
_ALIKE = words("sqrt exp log log2 log10 log1p expm1 abs square sin cos tan tanh")
_BETWEEN = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.AnnAssign)


def keep_tensors(site: FixSite) -> Iterator[Repair]:
    """`.item()` at several places, then `np.mean(terms)` and `torch.tensor(...)` → tensors everywhere

    Offered where one edit is not enough.
    """
    if site.function is None:
        return
    way = _statements(site)
    plan = site.plan()
    mender = _Mender(site, plan, any(_chooses(statement) for statement in way), _made(site))
    for statement in way:
        for expression in _expressions(statement):
            text = mender.text(expression)
            if text is None:
                return
            if text != site.segment(expression):
                plan.replace(expression, text)
    if len(plan.edits) > 1 or (plan.edits and _is_collected(site)):
        yield plan.repair(_TITLE, Applicability.SAFE)


def _is_collected(site: FixSite) -> bool:
    """Whether a call of a library that takes no tensors is around the break in its own expression."""
    statement = site.statement()
    return statement is not None and any(
        not (site.names.resolve(call.func) or "").startswith(("torch.", "math."))
        and any(node is site.node for node in walk_tree(call))
        for call in _collectors(site, statement)
    )


def _chooses(statement: ast.stmt) -> bool:
    """Whether a Python `max` or `min` may give a number in the place of a tensor."""
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in ("max", "min")
        for n in walk_tree(statement)
    )


def _expressions(statement: ast.stmt) -> list[ast.expr]:
    match statement:
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            return [value]
        case ast.Return(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            return [value]
        case _:
            return []


def _made(site: FixSite) -> set[str]:
    """The names that hold what is computed from the break's own numbers."""
    simple = [node for node in walk_scope(site.function or site.tree) if isinstance(node, _BETWEEN)]
    made: set[str] = set()
    for _ in range(len(simple)):
        for statement in simple:
            if statement is site.statement() or _reads(statement) & made:
                made |= _writes(statement)
    return made


def _statements(site: FixSite) -> list[ast.stmt]:
    """The statements that compute what a call makes something new of, and that call.

    Other stop-gradients of the function may be meant: where nothing collects numbers, only the break's own
    statement counts.
    """
    assert site.function is not None
    simple = [node for node in walk_scope(site.function) if isinstance(node, _BETWEEN)]
    made: set[str] = set()
    holding = {id(site.statement())}
    for _ in range(len(simple)):
        for statement in simple:
            if id(statement) in holding or _reads(statement) & made:
                holding.add(id(statement))
                made |= _writes(statement)
    touched = [statement for statement in simple if id(statement) in holding]
    ends = {id(s): list(_collectors(site, s)) for s in touched}
    here = site.statement()
    wanted = set().union(*(names_in(call) for calls in ends.values() for call in calls))
    found = {place for place, calls in ends.items() if calls} | {id(here)}
    for _ in range(len(simple) if len(found) > 1 or ends.get(id(here)) else 0):
        for statement in simple:
            if _writes(statement) & wanted and not isinstance(statement, ast.Return):
                found.add(id(statement))
                wanted |= _reads(statement)
    return [statement for statement in simple if id(statement) in found]


def _collectors(site: FixSite, statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in a statement that make something new out of numbers."""
    for node in walk_tree(statement):
        if isinstance(node, ast.Call):
            dotted = site.names.resolve(node.func) or ""
            if dotted in REBUILDERS or dotted.startswith(("numpy.", "statistics.", "math.")):
                yield node


def _reads(statement: ast.stmt) -> set[str]:
    return set().union(*(names_in(expression) for expression in _expressions(statement)))


def _writes(statement: ast.stmt) -> set[str]:
    """The names that a statement gives values, or adds them to: `terms.append(x)`, `parts["a"] = x`."""
    targets: list[ast.expr] = []
    match statement:
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            targets = [target]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend"))):
            return {name}
        case _:
            pass
    return {node.id for target in targets for node in walk_tree(target) if isinstance(node, ast.Name)} - {
        "self"
    }


class _Mender:
    """Writes expressions without what makes numbers of tensors; None for what has no such form here."""

    def __init__(self, site: FixSite, plan: Plan, chooses: bool, made: set[str]) -> None:
        self.site = site
        self.plan = plan
        self.chooses = chooses
        self.made = made

    def text(self, node: ast.expr) -> str | None:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="item"), args=[]):
                return self._receiver(inner)
            case ast.Call(func=ast.Name(id="float"), args=[inner]):
                return None if written_value(inner) else self._receiver(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "cpu"), args=[]) if self._ends(
                node
            ):
                return self._receiver(inner)
            case ast.Call():
                return self._call(node)
            case ast.Lambda() | ast.Await() | ast.Yield() | ast.NamedExpr():
                return None
            case _:
                return self._children(node)

    def _ends(self, node: ast.expr) -> bool:
        """Whether nothing but `.item()` follows a stop-gradient, or it is the break."""
        attribute = self.site.parent(node)
        if node is self.site.node:
            return True
        following = self.site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(attribute, ast.Attribute) or not isinstance(following, ast.Call):
            return False
        return attribute.attr == "item" or (attribute.attr == "cpu" and self._ends(following))

    def _receiver(self, node: ast.expr) -> str | None:
        text = self.text(node)
        joined = isinstance(node, ast.BinOp | ast.UnaryOp | ast.IfExp)
        return text if text is None or not joined else f"({text})"

    def _children(self, node: ast.AST) -> str | None:
        texts: dict[ast.AST, str] = {}
        for child in children(node):
            parts: list[ast.AST] = [child]
            if isinstance(child, ast.keyword):
                parts = [child.value]
            elif isinstance(child, ast.comprehension):
                parts = [child.iter, *child.ifs]
            for part in parts:
                if not isinstance(part, ast.expr):
                    continue
                text = self.text(part)
                if text is None:
                    return None
                texts[part] = text
        return self.site.source.substitute(node, texts)

    def _call(self, node: ast.Call) -> str | None:
        dotted = self.site.names.resolve(node.func) or ""
        library, _, name = dotted.rpartition(".")
        if dotted in REBUILDERS and node.args:
            return self._rebuilt(node)
        if dotted == "math.fsum" and len(node.args) == 1:
            inner = self.text(node.args[0])
            return None if inner is None else f"sum({inner})"
        if dotted in OF_STACK and len(node.args) == 1 and not node.keywords:
            return self._reduced(node.args[0], OF_STACK[dotted])
        if library == "numpy" and len(node.args) == 1 and not node.keywords:
            if name in _REDUCED:
                return self._reduced(node.args[0], _REDUCED[name])
            if name in _MADE:
                return self._reduced(node.args[0], "")
            if name in ("zeros", "ones", "empty"):
                return f"{self.plan.spell(f'torch.{name}')}({self.site.segment(node.args[0])})"
            if name in _ALIKE:
                inner = self.text(node.args[0])
                return None if inner is None else f"{self.plan.spell(f'torch.{name}')}({inner})"
        if function := in_torch(self.site, node):
            texts = [self.text(argument) for argument in node.args]
            if None in texts:
                return None
            if self._is_of_numbers(node, texts):
                return self.site.segment(node)
            return f"{self.plan.spell(function)}({', '.join(text or '' for text in texts)})"
        if library and not dotted.startswith(("torch.", "builtins.")):
            return None
        if isinstance(node.func, ast.Name) and node.func.id in ("round", "str", "bool", "divmod"):
            return None
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("numpy", "tolist"):
            return None
        return self._children(node)

    def _is_of_numbers(self, call: ast.Call, texts: list[str | None]) -> bool:
        """Whether a call gets none of the break's values, and nothing that was a tensor: `math.cos(0.5)`."""
        alike = texts == [self.site.segment(argument) for argument in call.args]
        here = any(each is self.site.node for each in ast.walk(call))
        return alike and not here and names_in(call).isdisjoint(self.made)

    def _rebuilt(self, node: ast.Call) -> str | None:
        """`torch.tensor(x)` → `x`, `torch.tensor([a, b])` → `torch.stack([a, b])`"""
        data = node.args[0]
        cast = cast_of(self.site, {word.arg: word.value for word in node.keywords})
        here = any(each is self.site.node for each in walk_tree(data))
        if not here and not names_in(data) & self.made:
            return self.site.segment(node)  # of data that no gradient comes through
        if is_list(self.site, data):
            return stacked(self.site, self.plan, data) + cast
        text = self.text(data)
        if text is None:
            return None
        if self.chooses:
            return f"{self.plan.spell('torch.as_tensor')}({text}){cast}"
        return f"{atom(data, text)}{cast}" if cast else self._beside(node, data, text)

    def _beside(self, node: ast.Call, data: ast.expr, text: str) -> str:
        alone = isinstance(self.site.parent(node), ast.Return | ast.Assign | ast.AnnAssign)
        return text if alone else atom(data, text)

    def _reduced(self, given: ast.expr, method: str) -> str | None:
        """A reduction of a list of numbers, as that of the stack of its tensors."""
        if not is_list(self.site, given):
            return None
        text = stacked(self.site, self.plan, given)
        return f"{text}.{method}" if method else text
