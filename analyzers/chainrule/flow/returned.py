"""Whether a function can return a single number, by what stands in its `return` statements.

A function that no name calls a loss is one if it returns a number. Running it to see that it returns an image
costs a hundred times as much as reading its last lines. What is not known for sure counts as a number.
"""

from __future__ import annotations

import ast

from chainrule.flow.bound_names import Bindings, Bound, Function, Part, arguments_of
from chainrule.flow.core.kinds import is_called_loss
from chainrule.flow.core.loss_part import LOSS_KEYS
from chainrule.flow.core.program import Module
from chainrule.flow.core.scalars import REDUCTIONS, ROWS, THROUGH, reduces_all
from chainrule.flow.core.trace import Root
from chainrule.flow.training import own_nodes
from chainrule.gradient_facts import lookup

_LOSSES = ("_loss", "cross_entropy", "kl_div", "_with_logits")
_LIBRARY = frozenset(("torch", "torch.nn.functional"))
# Libraries whose functions have effects of their own; of others nothing is known but that they are called.
_FOLLOWED = frozenset(
    """torch numpy math cmath statistics scipy sklearn cv2 skimage PIL pandas nltk rouge_score evaluate
    lpips_np lapjv lap torchvision torchmetrics torcheval operator einops copy functools itertools
    collections dataclasses typing contextlib builtins""".split()
)
_NUMBERS = frozenset("item tolist equal numel new_tensor".split())
# A tensor of one number, or of a list of them.
_MAKES = frozenset(("tensor", "as_tensor"))
# Tensors that nothing went into: returned under a condition, they stand for a number.
_FRESH = frozenset(
    """zeros zeros_like ones ones_like full full_like empty empty_like rand randn eye arange linspace
    new_zeros new_ones new_full new_empty""".split()
)
# Operators that work on one tensor, whatever else they are told.
_SHAPES = frozenset(
    """to view reshape squeeze float double long int cuda cpu data detach clone numpy from_numpy round floor
    ceil trunc argmax argsort""".split()
)
# An element of what these make is a number: they put numbers together, or give arrays of numpy.
_LISTS = frozenset(("tensor", "as_tensor", "stack", "numpy", "from_numpy", "astype"))
_DISPLAYS = (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp)
# Expressions inside one another, and calls, that are followed.
MAX_DEPTH = 12
MAX_CALLS = 3


def may_return_number(root: Root, module: Module, text: str) -> bool:
    """False where all that the function `root` returns is certainly a tensor with dimensions, or nothing.

    `text` is the function's: what only expressions hold is looked for where the text has it.
    """
    assert not isinstance(root.node, ast.Module)
    reader = _Reader(module, root.owner, root.block.text)
    if root.outer is not None:  # what stands around it may be called like anything else
        reader.owner = None
        reader.enclosed = True
    return reader.returns_number(root.node, text)


class _Reader:
    """What the expressions of one function may be, by what its names are bound to (None: to something).

    `owner`: the class that it is a method of, whose block is `around`. `callers`: what called it.
    `chosen`: it is called under a condition.
    """

    def __init__(
        self,
        module: Module,
        owner: ast.ClassDef | None,
        around: str,
        callers: tuple[Function, ...] = (),
        chosen: bool = False,
    ) -> None:
        self.module = module
        self.owner = owner
        self.around = around
        self.callers = callers
        self.enclosed = False
        """It is defined in another function, whose names it sees as well."""
        self.names = Bindings(chosen)
        self.asked: set[tuple[str, bool]] = set()
        self.handed: set[tuple[str, bool]] = set()
        """Arguments that it returns, perhaps through operators; True: an element of them."""

    def returns_number(self, function: Function, text: str, element: bool = False) -> bool:
        """Whether `function`, with `text` or in it, may return a number that is none of its arguments.

        `element`: or what holds one.
        """
        inside = list(own_nodes(function)) if "yield" in text or ":=" in text else []
        if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in inside):
            return True
        self.callers = (*self.callers, function)
        self.names.local.update(arguments_of(function))
        returned = self.names.read(function.body)
        for node in inside:
            if isinstance(node, ast.NamedExpr):
                self.names.bind(node.target, node.value)
        if element:
            return any(self._may_hold_number(value, MAX_DEPTH) for value in returned)
        return any(self._may_be_loss(value) for value in returned)

    def _may_be_loss(self, value: ast.expr) -> bool:
        """Whether a returned value may be a number, or hold nothing else."""
        if isinstance(value, ast.Dict):
            keys = [each.value if isinstance(each, ast.Constant) else None for each in value.keys]
            if None in keys or not LOSS_KEYS.isdisjoint(keys):
                return True
            return bool(keys) and all(self._may_be_part(each, MAX_DEPTH) for each in value.values)
        if isinstance(value, (ast.ListComp, ast.DictComp)):
            for each in value.generators:
                self.names.bind(each.target, Part(each.iter))
            made = value.value if isinstance(value, ast.DictComp) else value.elt
            return self._may_be_part(made, MAX_DEPTH)
        return self._may_be_number(value, MAX_DEPTH)

    def _may_be_number(self, value: Bound, depth: int) -> bool:
        if value is None or depth <= 0:
            return True
        if isinstance(value, Part):
            return self._may_hold_number(value.whole, depth - 1)
        if isinstance(value, ast.Name):
            return self._name(value.id, False, depth)
        if isinstance(value, ast.Constant):
            return value.value is not None
        if isinstance(value, ast.Call):
            return self._call(value, depth)
        if isinstance(value, ast.BinOp):
            operands = [each for each in (value.left, value.right) if not isinstance(each, ast.Constant)]
            return any(self._may_be_number(each, depth - 1) for each in operands)
        if isinstance(value, ast.Compare):
            return any(self._may_be_number(each, depth - 1) for each in (value.left, *value.comparators))
        if isinstance(value, ast.UnaryOp):
            return isinstance(value.op, ast.Not) or self._may_be_number(value.operand, depth - 1)
        if isinstance(value, ast.IfExp):
            return self._may_be_number(value.body, depth - 1) or self._may_be_number(value.orelse, depth - 1)
        if isinstance(value, (ast.Tuple, ast.List)):
            if any(isinstance(each, ast.Name) and is_called_loss(each.id) for each in value.elts):
                return True  # `return loss, logits`
            return bool(value.elts) and all(self._may_be_part(each, depth) for each in value.elts)
        if isinstance(value, ast.Subscript):
            index = value.slice
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            if any(isinstance(part, ast.Slice) for part in parts):
                return self._may_be_number(value.value, depth - 1)
            return self._may_hold_number(value.value, depth - 1)
        return True

    def _may_be_part(self, value: ast.expr, depth: int) -> bool:
        """Whether a part of a returned tuple leaves it possible that all of it are numbers."""
        if isinstance(value, ast.Name) and value.id not in self.names.bound:
            return True  # an argument, or a name of the module: it may be no tensor at all
        asked = set(self.asked)
        answer = self._may_be_number(value, depth - 1)
        self.asked = asked
        return answer or isinstance(value, ast.Constant)

    def _may_hold_number(self, value: Bound, depth: int) -> bool:
        """Whether an element of `value` may be a number: not of an argument, or what an operator makes."""
        if isinstance(value, ast.Name):
            known = value.id in self.names.bound or value.id in self.names.local
            return not known or self._name(value.id, True, depth)
        if isinstance(value, ast.Tuple):
            return any(self._may_be_number(each, depth - 1) for each in value.elts)
        if depth <= 0 or not isinstance(value, ast.Call):
            return True
        name = value.func.attr.removesuffix("_") if isinstance(value.func, ast.Attribute) else ""
        if name in _LISTS or self._call(value, depth, True):
            return True
        return name in THROUGH and self._may_hold_number(self._first(value), depth - 1)

    def _name(self, name: str, element: bool, depth: int) -> bool:
        """Whether what a name stands for may be a number, or an `element` of it."""
        key = (name, element)
        if key in self.asked:
            return False  # asked already, on the way here or before: the answer is in that one's
        self.asked.add(key)
        if name in self.names.local:
            self.handed.add(key)
        may = self._may_hold_number if element else self._may_be_number
        return any(may(each, depth - 1) for each in self.names.bound.get(name, ()))

    def _call(self, call: ast.Call, depth: int, element: bool = False) -> bool:
        """Whether what a call gives may be a number; an `element` of it, if it calls an analysed function."""
        func = call.func
        if isinstance(func, ast.Name):
            return self._call_of_name(call, func.id, depth, element)
        if not isinstance(func, ast.Attribute):
            return True
        owner, name = func.value, func.attr.removesuffix("_")
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls", "super"):
            method = _method(self.owner, func.attr) if owner.id == "self" else None
            return method is None or self._enter(method, self.owner, self.around, call, depth, element)
        library = self._is_library(owner)
        if not library and isinstance(owner, ast.Name) and owner.id in self.module.names.bound:
            return True
        if name in REDUCTIONS:
            return reduces_all(name, call) or self._may_be_row(self._first(call), depth - 1)
        if name in _NUMBERS or name.endswith(_LOSSES):
            return True
        if name in _FRESH:
            return self.names.chosen
        if name in _MAKES and library and call.args:
            return self.names.chosen or not self._is_row(name, call.args[0])
        if lookup(f"torch.nn.functional.{name}" if library else f"Tensor.{name}") is None:
            if not library or lookup(f"torch.{name}") is None:
                return True
        if name not in THROUGH:
            return False
        operands = [self._first(call), *(() if name in _SHAPES else call.args[library:])]
        return any(
            self._may_be_number(each, depth - 1) for each in operands if not isinstance(each, ast.Constant)
        )

    def _may_be_row(self, value: Bound, depth: int) -> bool:
        """Whether `value` may be numbers put beside each other: it has one dimension then."""
        if depth <= 0:
            return False
        if isinstance(value, ast.Name):
            return any(self._may_be_row(each, depth - 1) for each in self.names.bound.get(value.id, ()))
        if isinstance(value, ast.BinOp):
            return self._may_be_row(value.left, depth - 1) or self._may_be_row(value.right, depth - 1)
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
            return False
        name = value.func.attr.removesuffix("_")
        return name in ROWS or (name in THROUGH and self._may_be_row(self._first(value), depth - 1))

    def _is_row(self, name: str, made: ast.expr) -> bool:
        """Whether a tensor is made of several numbers, or of an argument as it came."""
        if isinstance(made, ast.Name):
            return made.id in self.names.local and made.id not in self.names.bound
        return name == "tensor" and isinstance(made, _DISPLAYS)

    def _is_library(self, owner: ast.expr) -> bool:
        return isinstance(owner, ast.Name) and self.module.names.bound.get(owner.id) in _LIBRARY

    def _first(self, call: ast.Call) -> ast.expr | None:
        """What an operator is applied to: `x.abs()`, `torch.abs(x)`."""
        assert isinstance(call.func, ast.Attribute)
        if not self._is_library(call.func.value):
            return call.func.value
        return call.args[0] if call.args else None

    def _call_of_name(self, call: ast.Call, name: str, depth: int, element: bool) -> bool:
        """Whether a function of the file, or one that it imports, may give a number."""
        if name in self.names.bound or name in self.names.local or self.enclosed:
            return True
        imported = self.module.names.bound.get(name)
        if imported is not None:  # an object holds what it was made with
            top, last = imported.partition(".")[0], imported.rpartition(".")[2].lstrip("_")
            return top in _FOLLOWED or not last[:1].islower()
        found = self.module.binding(name)
        if found is None or not isinstance(found[1], (ast.FunctionDef, ast.AsyncFunctionDef)):
            return True
        return self._enter(found[1], None, found[0].text, call, depth, element)

    def _enter(
        self,
        function: Function,
        owner: ast.ClassDef | None,
        around: str,
        call: ast.Call,
        depth: int,
        element: bool,
    ) -> bool:
        """Whether a call of an analysed function may give a number: its own, or one that it is handed."""
        if function.decorator_list or function in self.callers or len(self.callers) > MAX_CALLS:
            return True
        reader = _Reader(self.module, owner, around, self.callers, self.names.chosen)
        if reader.returns_number(function, around, element):
            return True
        taken = arguments_of(function)[owner is not None :]
        given: dict[str | None, ast.expr] = dict(zip(taken, call.args, strict=False))
        given |= {each.arg: each.value for each in call.keywords}
        if reader.handed and (None in given or any(isinstance(each, ast.Starred) for each in call.args)):
            return True
        for name, part in reader.handed:
            value = given.get(name)
            may = self._may_hold_number if part else self._may_be_number
            if value is not None and not isinstance(value, ast.Constant) and may(value, depth - 1):
                return True
        return False


def _method(owner: ast.ClassDef | None, name: str) -> Function | None:
    """The method of this name that a class itself defines."""
    methods = (each for each in owner.body if isinstance(each, Function)) if owner is not None else ()
    return next((each for each in methods if each.name == name), None)
