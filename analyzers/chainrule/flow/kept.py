"""What objects keep from one training step to the next: which parts do, what fills and what empties them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, Class, Instance, Map, Seq, Value
from chainrule.flow.operations.objects import ready
from chainrule.gradient_facts import Gradient, lookup
from chainrule.syntax import Block, walk_tree

Held = tuple[Instance, dict[str, Value]]
"""An object and what its attributes were at some time."""
Method = ast.FunctionDef | ast.AsyncFunctionDef
_COMPUTED = (ast.Name, ast.Attribute)
_PARTS = 12
_GROWS = frozenset(("append", "appendleft", "add", "extend", "insert"))


def state_of(interp: Interpreter, instance: Instance) -> list[Held]:
    """What an object holds before a step, and those of its parts that change what they hold."""
    found = [(instance, dict(instance.attributes))]
    pending = list(instance.attributes.values())
    while pending and len(found) < _PARTS:
        part = pending.pop()
        if isinstance(part, (Seq, Map)):
            pending.extend(part.items if isinstance(part, Seq) else part.items.values())
        elif isinstance(part, Instance) and ITEMS in part.attributes:
            pending.append(part.attributes[ITEMS])
        elif isinstance(part, Instance) and part.cls is not None and _keeps_state(part.cls):
            if all(part is not owner for owner, _ in found):
                ready(interp, part)
                found.append((part, dict(part.attributes)))
                pending.extend(part.attributes.values())
    return found


def _keeps_state(cls: Class) -> bool:
    """Whether a method of a class, besides the constructor, assigns or fills attributes of its object."""
    key = f"state of {cls.node.name}"
    known = cls.block.notes.get(key)
    if known is None:
        known = cls.block.notes[key] = bool(_grown(cls)) or any(
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
            for name, method in cls.methods.items()
            if name != "__init__"
            for node in walk_tree(method)
        )
    return bool(known)


def grows(owner: Instance, name: str) -> tuple[Block, ast.AST] | None:
    """The call or assignment of the object's class that puts something into the container `self.name`."""
    for cls in owner.cls.lineage() if owner.cls is not None else ():
        node = _grown(cls).get(name)
        if node is not None:
            return cls.block, node
    return None


def _grown(cls: Class) -> dict[str, ast.AST]:
    """By attribute, the first call or assignment of a class that puts something into it."""
    notes, key = cls.block.notes, f"grown in {cls.node.name}"
    known = notes.get(key)
    if not isinstance(known, dict):
        known = notes[key] = _grown_in(cls.methods.values())
    return known


def _grown_in(methods: Iterable[ast.AST]) -> dict[str, ast.AST]:
    """By attribute, the first call or assignment that puts something into it."""
    found: dict[str, ast.AST] = {}
    for method in methods:
        keys = _loop_variables(method)
        for node in walk_tree(method) if getattr(method, "name", "") != "__init__" else ():
            places: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                places = [node.func.value] if node.func.attr in _GROWS else []
            elif isinstance(node, (ast.Assign, ast.AugAssign)) and not _has_no_graph(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                items = [each for each in _single(targets) if isinstance(each, ast.Subscript)]
                # What a loop runs over is the same in every step, and is replaced in each.
                places = [
                    each.value
                    for each in items
                    if getattr(each.slice, "id", None) not in keys or _goes_on(node, each)
                ]
            for place in places:
                if isinstance(place, ast.Attribute):
                    found.setdefault(place.attr, node)
    return found


def _goes_on(statement: ast.Assign | ast.AugAssign, item: ast.Subscript) -> bool:
    """Whether what is stored as an item is computed from what that was before."""
    if isinstance(statement, ast.AugAssign):
        return True
    text = ast.unparse(item)
    return any(isinstance(n, ast.Subscript) and ast.unparse(n) == text for n in walk_tree(statement.value))


def _single(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """The targets of an assignment, those of `a, self.state["h"] = …` one by one."""
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _single(target.elts)
        else:
            yield target


def _loop_variables(method: ast.AST) -> frozenset[str]:
    """The names that the loops of a method bind."""
    loops = (node.target for node in walk_tree(method) if isinstance(node, ast.For))
    return frozenset(n.id for target in loops for n in ast.walk(target) if isinstance(n, ast.Name))


def is_reset(instance: Instance, name: str, text: str | None) -> bool:
    """Whether another method empties `self.name`, for whoever starts the next step.

    `text`: of the file, which has to call that method; None where whoever uses the object may do so. A
    trainer calls by itself what is to be done for every batch.
    """
    methods = [m for cls in instance.cls.lineage() for m in cls.methods.values()] if instance.cls else []
    only_first = _made_once(methods, name)
    return any(
        _empties(node, name)
        for method in methods
        if method.name not in ("__init__", "forward")
        and (text is None or "batch" in method.name or f".{method.name}(" in text)
        and not _starts_only(method, methods, only_first)
        for node in walk_tree(method)
        if id(node) not in only_first
    )


def _starts_only(method: ast.AST, methods: list[Method], only_first: frozenset[int]) -> bool:
    """Whether the class calls a method just to make what is not there yet; `reset` is for others to call."""
    name = getattr(method, "name", "")
    calls = [
        node
        for each in methods
        for node in walk_tree(each)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]
    return bool(calls) and "reset" not in name and all(id(call) in only_first for call in calls)


def _made_once(methods: Iterable[Method], name: str) -> frozenset[int]:
    """What is done only where there is no `self.name` yet: `if self.name is None: self.name = zeros(n)`."""
    return frozenset(
        id(inner)
        for method in methods
        for node in walk_tree(method)
        if isinstance(node, ast.If)
        and ast.unparse(node.test) in (f"self.{name} is None", f"not hasattr(self, '{name}')")
        for statement in node.body
        for inner in walk_tree(statement)
    )


def _empties(node: ast.AST, name: str) -> bool:
    """`self.name = None`, `self.name = torch.zeros(n)`, `self.name.clear()`, `del self.name[:]`."""
    places: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        places = node.targets if _has_no_graph(node.value) else []
    elif isinstance(node, ast.Delete):
        places = node.targets
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clear":
        places = [node.func.value]
    bare = [each.value if isinstance(each, ast.Subscript) else each for each in places]
    return any(isinstance(each, ast.Attribute) and each.attr == name for each in bare)


def _has_no_graph(value: ast.expr) -> bool:
    """Whether a value is computed from no other one, or by an operator without gradient."""
    if not any(isinstance(node, _COMPUTED) for node in walk_tree(value)):
        return True
    if isinstance(value, (ast.Tuple, ast.List)):
        return all(map(_has_no_graph, value.elts))
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and not value.args:
        return not value.keywords  # `OrderedDict()`
    operator = lookup(ast.unparse(value.func)) if isinstance(value, ast.Call) else None
    if operator is None and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        operator = lookup(f"Tensor.{value.func.attr}")
    return operator is not None and all(each.gradient is Gradient.CUT for each in operator.outputs)
