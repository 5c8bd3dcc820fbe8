"""Whether a function can return a single number, by what stands in its `return` statements; or train at all.

A function that no name calls a loss is one if it returns a number. Running it to see that it returns an image
costs a hundred times as much as reading its last lines. What is not known for sure counts as a number.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from chainrule.flow.core.kinds import is_called_loss
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.scalars import REDUCTIONS, THROUGH
from chainrule.gradient_facts import lookup
from chainrule.syntax import children

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOSSES = ("_loss", "cross_entropy", "kl_div", "_with_logits")
_LIBRARY = frozenset(("torch", "F"))
# Python numbers, and tensors that nothing went into: returned under a condition, they stand for a number.
_NUMBERS = frozenset(
    """item tolist any all equal numel zeros zeros_like ones ones_like full full_like empty empty_like rand
    randn eye arange linspace tensor as_tensor new_zeros new_ones new_full new_tensor new_empty""".split()
)
# Ways to a network's parameters, and what keeps a whole function from recording a graph.
_LEARNT = frozenset(("nn", "parameters", "named_parameters", "state_dict", "load_state_dict"))
_SWITCHES = frozenset(("no_grad", "inference_mode"))
# Where the statements inside a statement are.
_BODIES = ("body", "orelse", "items", "handlers", "finalbody", "cases")
MAX_DEPTH = 12


def may_return_number(function: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> bool:
    """False where everything that `function` returns is certainly a tensor with dimensions, or nothing.

    `text` is the function's: what only expressions hold is looked for where the text has it.
    """
    inside = list(_own(function)) if "yield" in text or ":=" in text else []
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in inside):
        return True
    returned: list[ast.expr] = []
    bound: dict[str, list[ast.expr | None]] = defaultdict(list)
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            if node.value is not None:
                returned.append(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                _bind(target, node.value, bound)
        elif isinstance(node, ast.AugAssign):
            if not isinstance(node.value, ast.Constant):
                _bind(node.target, node.value, bound)
        elif isinstance(node, ast.AnnAssign):
            _bind(node.target, node.value, bound)
        elif not isinstance(node, _NESTED):
            if isinstance(node, (ast.For, ast.AsyncFor)):
                _bind(node.target, None, bound)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                _bind(node.optional_vars, None, bound)
            for name in _BODIES:
                pending += getattr(node, name, ())
    for node in inside:
        if isinstance(node, ast.NamedExpr):
            _bind(node.target, node.value, bound)
    reader = _Reader(bound)
    return any(reader.may_be_number(value, MAX_DEPTH) for value in returned)


def records_graph(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether no decorator keeps a whole function from recording a graph."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in _SWITCHES:
            return False
    return True


def may_train(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function outside of classes is handed a network, or makes one."""
    spec = function.args
    taken = {each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg) if each}
    if any(role_of(name) == "callable" for name in taken):
        return True
    for node in _own(function):
        if isinstance(node, ast.Attribute):
            if node.attr in _LEARNT or (isinstance(node.value, ast.Name) and node.value.id == "nn"):
                return True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in taken or node.func.id[:1].isupper():
                return True
    return False


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions in it."""
    pending = children(function)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _NESTED):
            pending += children(node)


def _bind(target: ast.expr, value: ast.expr | None, bound: dict[str, list[ast.expr | None]]) -> None:
    if isinstance(target, ast.Name):
        bound[target.id].append(value)
    elif isinstance(target, ast.Starred):
        _bind(target.value, None, bound)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            _bind(each, None, bound)


class _Reader:
    """What expressions of one function may be, by what its names are `bound` to (None: to something)."""

    def __init__(self, bound: dict[str, list[ast.expr | None]]) -> None:
        self.bound = bound
        self.asked: set[str] = set()

    def may_be_number(self, value: ast.expr | None, depth: int) -> bool:
        if value is None or depth == 0:
            return True
        if isinstance(value, ast.Name):
            if value.id in self.asked:
                return False  # asked already, on the way here or before: the answer is in that one's
            self.asked.add(value.id)
            return any(self.may_be_number(each, depth - 1) for each in self.bound.get(value.id, ()))
        if isinstance(value, ast.Constant):
            return value.value is not None
        if isinstance(value, ast.Call):
            return self._call(value, depth)
        if isinstance(value, ast.BinOp):
            operands = [each for each in (value.left, value.right) if not isinstance(each, ast.Constant)]
            return any(self.may_be_number(each, depth - 1) for each in operands)
        if isinstance(value, ast.IfExp):
            return self.may_be_number(value.body, depth - 1) or self.may_be_number(value.orelse, depth - 1)
        if isinstance(value, (ast.Tuple, ast.List)):
            if any(isinstance(each, ast.Name) and is_called_loss(each.id) for each in value.elts):
                return True  # `return loss, logits`
            return bool(value.elts) and all(self._may_be_part(each, depth) for each in value.elts)
        if isinstance(value, ast.Subscript):
            index = value.slice
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            sliced = any(isinstance(part, ast.Slice) for part in parts)
            return not sliced or self.may_be_number(value.value, depth - 1)
        return True

    def _may_be_part(self, value: ast.expr, depth: int) -> bool:
        """Whether a part of a returned tuple leaves it possible that all of it are numbers."""
        if isinstance(value, ast.Name) and value.id not in self.bound:
            return True  # an argument, or a name of the module: it may be no tensor at all
        asked = set(self.asked)
        answer = self.may_be_number(value, depth - 1)
        self.asked = asked
        return answer or isinstance(value, ast.Constant)

    def _call(self, call: ast.Call, depth: int) -> bool:
        func = call.func
        if not isinstance(func, ast.Attribute):
            return True
        owner, name = func.value, func.attr.removesuffix("_")
        library = isinstance(owner, ast.Name) and owner.id in _LIBRARY
        if name in REDUCTIONS or name in _NUMBERS or name.endswith(_LOSSES):
            return True
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls", "super"):
            return True
        if lookup(f"torch.nn.functional.{name}" if library else f"Tensor.{name}") is None:
            if not library or lookup(f"torch.{name}") is None:
                return True
        if name not in THROUGH:
            return False
        first = call.args[0] if library and call.args else None if library else owner
        return self.may_be_number(first, depth - 1)
