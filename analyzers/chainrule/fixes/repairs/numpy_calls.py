"""Repairs of a round trip through numpy: the same computation in torch."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.repairs.numpy_names import (
    MAKERS,
    METHODS,
    PAIRS,
    RENAMED_METHODS,
    SPREADS,
    TENSORS_ONLY,
    in_torch,
    in_tuple,
    is_float,
    keyword_of,
    refused,
)
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.fixes.vocabulary import words

_TITLE = "Keep the computation in torch"
_LISTS = frozenset({"cat", "stack", "vstack", "hstack", "dstack", "column_stack"})
_BOUNDS = {"maximum": "min", "minimum": "max"}
_MADE = frozenset({"array", "asarray", "ascontiguousarray", "float32", "float64"})
_PRODUCTS = frozenset({"dot", "matmul", "inner", "vdot", "einsum", "tensordot", "outer"})
_TENSORS = words(
    "torch.tensor torch.as_tensor torch.from_numpy torch.Tensor torch.FloatTensor torch.DoubleTensor"
)
_BUILTINS = words("abs enumerate isinstance len list max min print range reversed sorted sum tuple zip")
_ATTRIBUTES = frozenset({"shape", "T", "ndim", "real", "imag", "dtype"})


def stay_in_torch(site: FixSite) -> Iterator[Repair]:
    """Every numpy step of the function that the gradient passes → its torch counterpart"""
    rewriter = _Rewriter(site)
    for expression in rewriter.affected():
        text = rewriter.text(expression)
        if rewriter.unknown:
            yield disabled(_TITLE, f"`{rewriter.unknown}` has no counterpart in torch that is known here")
            return
        if text != site.segment(expression):
            rewriter.plan.replace(expression, text)
    if not rewriter.plan.edits:
        return
    if rewriter.given:
        title = f"{_TITLE} (where `{rewriter.given}` takes tensors)"
        yield rewriter.plan.repair(title, Applicability.UNSAFE)
    elif rewriter.handed_out:
        yield rewriter.plan.repair(f"{_TITLE} (where the callers take tensors)", Applicability.UNSAFE)
    else:
        yield rewriter.plan.repair(_TITLE, Applicability.SAFE)


class _Rewriter:
    """`arrays` are the local names that hold arrays; `given` is a function of the user's that gets one.

    `handed_out`: an array was returned to code that may go on with numpy.
    """

    def __init__(self, site: FixSite) -> None:
        self.site = site
        self.plan: Plan = site.plan()
        self.arrays: set[str] = set()
        self.unknown = ""
        self.given = ""
        self.handed_out = False

    def affected(self) -> list[ast.expr]:
        """The whole expressions of the function that make or use an array, in order."""
        found: list[ast.expr] = []
        for node in walk_scope(self.site.function or self.site.tree):
            if not isinstance(node, ast.stmt):
                continue
            for expression in _own_expressions(node):
                if not self._is_affected(expression):
                    continue
                found.append(expression)
                for each in ast.walk(expression):
                    if isinstance(each, ast.comprehension) and self._is_affected(each.iter):
                        self.arrays |= _bound(each.target)
                match node:
                    case ast.Assign(targets=targets) if not self._is_tensor(expression):
                        self.arrays |= {name for target in targets for name in _bound(target)}
                    case ast.For(target=target):
                        self.arrays |= _bound(target)
                    case _:
                        pass
                self.handed_out |= self._leaves(node, expression)
        return found

    def _leaves(self, node: ast.stmt, expression: ast.expr) -> bool:
        """Whether a helper returns an expression that was an array: `to_numpy = lambda t: t.numpy()`"""
        if isinstance(expression, ast.Lambda):
            return not self._is_tensor(expression.body)
        returned = isinstance(node, ast.Return) and not self.site.returns_loss
        return returned and not self._is_tensor(expression)

    def _is_affected(self, node: ast.expr) -> bool:
        """Whether an array is in an expression, or is made there; `np.sqrt(2)` is a number."""
        if names_in(node) & self.arrays:
            return True
        for child in ast.walk(node):
            if child is self.site.node or (isinstance(child, ast.Attribute) and child.attr == "numpy"):
                return True
            if isinstance(child, ast.Call) and self._numpy_name(child) in MAKERS:
                return True
        return False

    def _is_array(self, node: ast.expr) -> bool:
        """Whether an expression is an array, as what is computed with one is."""
        if self._is_tensor(node):
            return False
        calls = any(
            (isinstance(child, ast.Attribute) and child.attr == "numpy")
            or (isinstance(child, ast.Call) and self._numpy_name(child))
            for child in ast.walk(node)
        )
        return calls or bool(names_in(node) & self.arrays)

    def _is_tensor(self, node: ast.expr) -> bool:
        """Whether an expression is made a tensor again: `torch.from_numpy(a).float()`"""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if (
                self.site.names.resolve(node.func) is None
            ):
                return method not in ("numpy", "item", "tolist") and self._is_tensor(inner)
            case ast.Call():
                return (self.site.names.resolve(node.func) or "").startswith("torch.")
            case ast.BinOp(left=left, right=right):
                return self._is_tensor(left) or self._is_tensor(right)
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.UnaryOp(operand=inner):
                return self._is_tensor(inner)
            case ast.Tuple(elts=elements):
                return bool(elements) and all(map(self._is_tensor, elements))
            case _:
                return False

    def _numpy_name(self, call: ast.Call) -> str:
        dotted = self.site.names.resolve(call.func) or ""
        return dotted[6:] if dotted.startswith("numpy.") else ""

    def text(self, node: ast.expr) -> str:
        """The torch form of an expression."""
        match node:
            case ast.Call():
                name = self._numpy_name(node)
                if name:
                    return self._call(node, name)
                return self._other_call(node)
            case ast.Attribute(value=inner, attr="data") if self._leads_to_numpy(node):
                return atom(inner, self.text(inner))
            case ast.Attribute(value=inner, attr=name) if self._is_array(inner):
                if name not in (*_ATTRIBUTES, "size"):
                    self.unknown = self.site.segment(node)
                receiver = atom(inner, self.text(inner))
                return f"{receiver}.numel()" if name == "size" else f"{receiver}.{name}"
            case ast.BinOp(op=ast.MatMult()) if self._counts(node):
                self.unknown = self.site.segment(node)
                return self.unknown
            case _:
                return self._children(node)

    def _counts(self, node: ast.expr) -> bool:
        """Whether integers are in a product, which torch forms of one dtype only."""
        return any(isinstance(n, ast.Call) and self._numpy_name(n) == "arange" for n in ast.walk(node))

    def _children(self, node: ast.AST) -> str:
        texts: dict[ast.AST, str] = {}
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                texts[child] = self.text(child)
            elif isinstance(child, ast.keyword):
                texts[child.value] = self.text(child.value)
            elif isinstance(child, ast.comprehension):
                texts[child.iter] = self.text(child.iter)
                texts |= {condition: self.text(condition) for condition in child.ifs}
        return self.site.source.substitute(node, texts)

    def _other_call(self, node: ast.Call) -> str:
        dotted = self.site.names.resolve(node.func)
        holds = any(self._is_affected(argument) for argument in _given(node))
        if dotted in _TENSORS and holds:
            return atom(node.args[0], self.text(node.args[0]))
        foreign = dotted is not None and not dotted.startswith(("torch.", "math."))
        if holds and (foreign or not isinstance(node.func, ast.Name | ast.Attribute)):
            self.unknown = self.site.segment(node.func)
        if isinstance(node.func, ast.Attribute) and dotted is None:
            return self._method(node, node.func)
        if isinstance(node.func, ast.Name) and holds:
            if node.func.id == "float" and len(node.args) == 1:
                return self.text(node.args[0])
            if not hasattr(builtins, node.func.id):
                self.given = node.func.id
            elif node.func.id not in _BUILTINS:
                self.unknown = node.func.id
        return self._children(node)

    def _method(self, node: ast.Call, method: ast.Attribute) -> str:
        """A method: `.numpy()` and what only served it go, `.astype` and `.copy` get their torch names."""
        inner, name = method.value, method.attr
        receiver = atom(inner, self.text(inner))
        if name in ("numpy", "item", "tolist") and not node.args:
            return receiver
        if name in ("cpu", "detach") and self._leads_to_numpy(node):
            return receiver if name == "cpu" or self._is_lost(node, inner) else f"{receiver}.detach()"
        if not self._is_array(inner):
            holds = any(self._is_affected(argument) for argument in _given(node))
            self.given = ast.unparse(method) if holds else self.given
            return self._children(node)
        if name == "astype" and len(node.args) == 1 and is_float(node.args[0], self.site.names):
            return f"{receiver}.float()"
        if name not in METHODS or refused(node, name, True, self.site.names):
            self.unknown = self.site.segment(method)
            return self.site.segment(node)
        arguments = self._arguments(node, name)
        if name in SPREADS and not any(word.arg == "ddof" for word in node.keywords):
            arguments.append("unbiased=False")
        renamed = RENAMED_METHODS.get(name, name) if arguments or name not in PAIRS else name
        return f"{receiver}.{renamed}({', '.join(arguments)})"

    def _is_lost(self, node: ast.Call, inner: ast.expr) -> bool:
        """Whether a `.detach()` is the one that is asked about; another one beside it may be meant."""
        asked = {child for child in ast.walk(self.site.node) if isinstance(child, ast.expr)}
        if any(child in asked for child in ast.walk(node)):
            return True
        return self.site.scope.root(inner) in self.site.sources

    def _leads_to_numpy(self, node: ast.AST) -> bool:
        """Whether nothing but the way to `.numpy()` follows: `.detach().cpu().numpy()`."""
        attribute = self.site.parent(node)
        if not isinstance(attribute, ast.Attribute):
            return isinstance(attribute, ast.Call) and self._numpy_name(attribute) in _MADE
        above = self.site.parent(attribute)
        following = above if isinstance(above, ast.Call) else attribute
        return attribute.attr == "numpy" or (
            attribute.attr in ("cpu", "detach", "data", "resolve_neg") and self._leads_to_numpy(following)
        )

    def _arguments(self, node: ast.Call, name: str) -> list[str]:
        texts = [self.text(argument) for argument in node.args]
        for word in node.keywords:
            if word.arg == "ddof":
                one = isinstance(word.value, ast.Constant) and word.value.value == 1
                texts.append(f"unbiased={one}")
            elif renamed := keyword_of(name, word.arg):
                texts.append(f"{renamed}={in_tuple(name, self.text(word.value), word.value)}")
        return texts

    def _call(self, node: ast.Call, name: str) -> str:
        if name in _MADE and node.args:
            if any(
                word.arg == "dtype" and not is_float(word.value, self.site.names) for word in node.keywords
            ):
                self.unknown = self.site.segment(node)
            return self._sequence(node.args[0])
        own = node is self.site.node or name in MAKERS
        if not own and not any(self._is_affected(part) for part in _given(node)):
            return self.site.segment(node)
        target = in_torch(name)
        mixed = name in TENSORS_ONLY and not all(map(self._is_array, node.args))
        counted = name in _PRODUCTS and self._counts(node)
        if not target or mixed or counted or refused(node, name, False, self.site.names):
            self.unknown = self.site.segment(node.func)
            return self.site.segment(node)
        bounded = self._bounded(node, name) if name in _BOUNDS and len(node.args) == 2 else ""
        if bounded:
            return bounded
        arguments = self._arguments(node, name)
        if len(node.args) > 1:
            arguments[1] = in_tuple(name, arguments[1], node.args[1])
        if node.args and target not in _LISTS:
            arguments[0] = self._sequence(node.args[0])
        if name in SPREADS and not any(word.arg == "ddof" for word in node.keywords):
            arguments.append("unbiased=False")
        if name in PAIRS and len(arguments) > 1:
            target = f"a{name}"
        if name == "median":
            arguments.insert(1, "0.5")
        if name == "outer":
            arguments = [f"{atom(a, text)}.flatten()" for a, text in zip(node.args, arguments, strict=True)]
        call = f"{self.plan.spell(f'torch.{target}')}({', '.join(arguments)})"
        return f"{call}.values" if name == "sort" else call

    def _bounded(self, node: ast.Call, name: str) -> str:
        """`np.maximum(x, 0)` → `torch.clamp(x, min=0)`; torch compares tensors with tensors only."""
        one, other = node.args
        if self._is_affected(one) and self._is_affected(other):
            return ""
        tensor, bound = (one, other) if self._is_affected(one) else (other, one)
        clamp = self.plan.spell("torch.clamp")
        return f"{clamp}({self.text(tensor)}, {_BOUNDS[name]}={self.site.segment(bound)})"

    def _sequence(self, node: ast.expr) -> str:
        text = self.text(node)
        value = self.site.scope.value_of(node)
        if not isinstance(value, ast.List | ast.ListComp):
            return text
        if not names_in(value):
            return f"{self.plan.spell('torch.tensor')}({text})"
        elements = value.elts if isinstance(value, ast.List) else [value.elt]
        if any(isinstance(each, ast.Constant | ast.List | ast.Tuple | ast.ListComp) for each in elements):
            self.unknown = f"np.array({self.site.segment(value)})"
        return f"{self.plan.spell('torch.stack')}({text})"


def _given(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(word.value for word in node.keywords)]


def _bound(target: ast.expr) -> set[str]:
    """The names that a target binds."""
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the statements in its blocks."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield child
