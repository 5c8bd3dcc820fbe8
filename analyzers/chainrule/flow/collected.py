"""What other methods of an object put into its lists: the log-probabilities that `act` keeps for `learn`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.arguments import symbolic_arguments
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.stated import NOTHING_KNOWN
from chainrule.flow.core.trace import Root
from chainrule.flow.core.values import Const, Function, Instance, Seq, Tensor, Value
from chainrule.flow.entering import call_function
from chainrule.flow.entry_points import text_of
from chainrule.flow.operations.objects import ready
from chainrule.syntax import walk_tree

_GROWS = frozenset(("append", "appendleft", "extend"))
_UNKNOWN = Const(None, known=False, data=True)


def collect(interp: Interpreter, root: Root, function: Function) -> bool:
    """Run the methods that fill the empty lists which `root` reads, if it trains by them; whether any was."""
    instance = function.bound
    if (
        not isinstance(instance, Instance)
        or function.owner is None
        or "append(" not in root.block.text
        or not (root.kind is Kind.LOSS or "backward(" in text_of(root))
    ):
        return False
    empty = dict(_empty_lists(interp, instance, _read(root.node)))
    if not empty:
        return False
    filled = False
    for name, method in function.owner.methods.items():
        if method is root.node or name == "__init__" or not isinstance(method, ast.FunctionDef):
            continue
        text = ast.unparse(method)
        if "backward(" in text or f"self.{name}(" in text_of(root):
            continue
        if any(each in empty and not empty[each].items for each in _grown(method)):
            each = Root(
                f"{root.name.rpartition('.')[0]}.{name}", root.block, method, root.owner, Kind.NEUTRAL
            )
            _run(
                interp,
                each,
                Function(method, function.scope, function.module, root.block, function.owner, instance),
            )
            filled = True
    if filled:
        for held in empty.values():
            if not held.items:  # by whoever has the object
                held.items.append(_UNKNOWN)
                held.exact = False
    return filled


def _run(interp: Interpreter, root: Root, function: Function) -> None:
    assert not isinstance(root.node, ast.Module)
    events = len(interp.events)
    given, keywords = symbolic_arguments(interp, root, root.node, function, [], NOTHING_KNOWN)
    for value in (*given, *keywords.values()):
        if isinstance(value, Tensor) and value.node.source is not None:
            value.node.source.role = "data"
    call_function(interp, function, given, keywords, root.node)
    del interp.events[events:]


def _read(node: ast.AST) -> frozenset[str]:
    return frozenset(
        each.attr
        for each in walk_tree(node)
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Load)
    )


def _empty_lists(interp: Interpreter, instance: Instance, names: frozenset[str]) -> Iterator[tuple[str, Seq]]:
    """The empty lists among the attributes `names` of an object, and of the objects that it holds."""
    held: list[Value] = [instance, *instance.attributes.values()]
    for each in held:
        if isinstance(each, Instance) and each.cls is not None:
            ready(interp, each)
            for name, value in each.attributes.items():
                if name in names and isinstance(value, Seq) and value.kind == "list" and not value.items:
                    yield name, value


def _grown(method: ast.FunctionDef) -> Iterator[str]:
    """The attributes that a method puts something into."""
    for node in walk_tree(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWS:
            if isinstance(node.func.value, ast.Attribute):
                yield node.func.value.attr
