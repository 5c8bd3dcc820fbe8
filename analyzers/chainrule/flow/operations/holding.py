"""What an object holds by index or key because of what it is, or derives from: layers, a dict's entries."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, Class, Instance, Map, Seq, Value
from chainrule.flow.operations.containers import mapping
from chainrule.flow.operations.iteration import elements

SEQUENTIAL = "torch.nn.Sequential"
CONTAINERS = frozenset(("torch.nn.ModuleList", "torch.nn.ParameterList", SEQUENTIAL))
MAPPINGS = frozenset(("torch.nn.ModuleDict", "torch.nn.ParameterDict"))
_LISTS = CONTAINERS | {"builtins.list", "collections.UserList", "collections.deque"}
_DICTS = MAPPINGS | {"builtins.dict", "collections.UserDict", "collections.OrderedDict"}


def base_of(cls: Class) -> str:
    """The list or dict that a class derives from, "" for other classes."""
    return next((each for each in cls.externals() if each in _LISTS or each in _DICTS), "")


def hold(interp: Interpreter, made: Instance, dotted: str, arguments: list[Value], at: ast.AST) -> None:
    """Give an object of `dotted`, or of what derives from it, what its constructor takes."""
    if dotted in _DICTS:
        made.attributes[ITEMS] = mapping(interp, arguments[0], at) if arguments else Map({})
    elif dotted == SEQUENTIAL:
        layers = arguments[0] if len(arguments) == 1 else None
        if isinstance(layers, Map):  # an OrderedDict, by whose keys the layers are called
            named = tuple(map(str, layers.items))
            made.attributes[ITEMS] = Seq(list(layers.items.values()), fields=named)
        else:
            made.attributes[ITEMS] = Seq(list(arguments))
    elif dotted in _LISTS:
        items, exact = elements(interp, arguments[0], at) if arguments else ([], False)
        made.attributes[ITEMS] = Seq(list(items), "list", exact)
