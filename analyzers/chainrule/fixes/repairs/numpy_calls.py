"""Repairs of a round trip through numpy: the same computation in torch."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.repairs.numpy_names import AXES, MAKERS, PAIRS, PLURAL, in_torch
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.fixes.vocabulary import words

_TITLE = "Keep the computation in torch"
_SPREADS = frozenset({"std", "var"})
_LISTS = frozenset({"cat", "stack", "vstack", "hstack", "dstack"})
_BOUNDS = {"maximum": "min", "minimum": "max"}
_METHODS = {"max": "amax", "min": "amin", "dot": "matmul", "transpose": "permute", "copy": "clone"}
_TENSORS = words(
    "torch.tensor torch.as_tensor torch.from_numpy torch.Tensor torch.FloatTensor torch.DoubleTensor"
)


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
    else:
        yield rewriter.plan.repair(_TITLE, Applicability.SAFE)


class _Rewriter:
    """`arrays` are the local names that hold arrays; `given` is a function of the user's that gets one."""

    def __init__(self, site: FixSite) -> None:
        self.site = site
        self.plan: Plan = site.plan()
        self.arrays: set[str] = set()
        self.unknown = ""
        self.given = ""

    def affected(self) -> list[ast.expr]:
        """The whole expressions of the function that make or use an array, in order."""
        found: list[ast.expr] = []
        for node in walk_scope(self.site.function or self.site.tree):
            if not isinstance(node, ast.stmt):
                continue
            for expression in _own_expressions(node):
                if self._is_array(expression):
                    found.append(expression)
                    if isinstance(node, ast.Assign):
                        self.arrays |= {
                            n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)
                        }
        return found

    def _is_array(self, node: ast.expr) -> bool:
        """Whether an array is in an expression, or is made there; `np.sqrt(2)` is a number."""
        if names_in(node) & self.arrays:
            return True
        for child in ast.walk(node):
            if child is self.site.node or (isinstance(child, ast.Attribute) and child.attr == "numpy"):
                return True
            if isinstance(child, ast.Call) and self._numpy_name(child) in MAKERS:
                return True
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
            case _:
                return self._children(node)

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
        holds = any(self._is_array(argument) for argument in node.args)
        if dotted in _TENSORS and holds:
            return atom(node.args[0], self.text(node.args[0]))
        if dotted is not None and not dotted.startswith(("torch.", "math.")) and holds:
            self.unknown = self.site.segment(node.func)
        if isinstance(node.func, ast.Attribute) and dotted is None:
            return self._method(node, node.func)
        if isinstance(node.func, ast.Name) and holds:
            if node.func.id in ("float", "int") and len(node.args) == 1:
                return self.text(node.args[0])
            if not hasattr(builtins, node.func.id):
                self.given = node.func.id
        return self._children(node)

    def _method(self, node: ast.Call, method: ast.Attribute) -> str:
        """A method: `.numpy()` and what only served it go, `.astype` and `.copy` get their torch names."""
        inner, name = method.value, method.attr
        receiver = atom(inner, self.text(inner))
        if name in ("numpy", "item", "tolist") and not node.args:
            return receiver
        if name in ("cpu", "detach") and self._leads_to_numpy(node):
            return receiver
        if not names_in(inner) & self.arrays:
            holds = any(self._is_array(argument) for argument in node.args)
            self.given = ast.unparse(method) if holds else self.given
            return self._children(node)
        if name == "astype":
            return f"{receiver}.float()"
        arguments = self._arguments(node)
        if name in _SPREADS and not any(word.arg == "ddof" for word in node.keywords):
            arguments.append("unbiased=False")
        renamed = _METHODS.get(name, name) if arguments or name not in PAIRS else name
        return f"{receiver}.{renamed}({', '.join(arguments)})"

    def _leads_to_numpy(self, node: ast.AST) -> bool:
        """Whether nothing but the way to `.numpy()` follows: `.detach().cpu().numpy()`."""
        attribute = self.site.parent(node)
        if not isinstance(attribute, ast.Attribute):
            return False
        above = self.site.parent(attribute)
        following = above if isinstance(above, ast.Call) else attribute
        return attribute.attr == "numpy" or (
            attribute.attr in ("cpu", "detach", "data", "resolve_neg") and self._leads_to_numpy(following)
        )

    def _arguments(self, node: ast.Call, renamed: dict[str, str] = AXES) -> list[str]:
        texts = [self.text(argument) for argument in node.args]
        for word in node.keywords:
            if word.arg == "ddof":
                one = isinstance(word.value, ast.Constant) and word.value.value == 1
                texts.append(f"unbiased={one}")
            elif word.arg not in ("dtype", "out"):
                texts.append(f"{renamed.get(word.arg or '', word.arg or '')}={self.text(word.value)}")
        return texts

    def _call(self, node: ast.Call, name: str) -> str:
        if name in ("array", "asarray", "ascontiguousarray", "float32", "float64") and node.args:
            return self._sequence(node.args[0])
        own = node is self.site.node or name in MAKERS
        if not own and not any(self._is_array(part) for part in _given(node)):
            return self.site.segment(node)
        target = in_torch(name)
        if not target:
            self.unknown = self.site.segment(node.func)
            return self.site.segment(node)
        bounded = self._bounded(node, name) if name in _BOUNDS and len(node.args) == 2 else ""
        if bounded:
            return bounded
        arguments = self._arguments(node, AXES | {"axis": "dims"} if name in PLURAL else AXES)
        if node.args and isinstance(node.args[0], ast.List | ast.ListComp) and target not in _LISTS:
            arguments[0] = self._sequence(node.args[0])
        if name in _SPREADS and not any(word.arg == "ddof" for word in node.keywords):
            arguments.append("unbiased=False")
        if name in PAIRS and len(arguments) > 1:
            target = f"a{name}"
        if name == "median":
            arguments.insert(1, "0.5")
        call = f"{self.plan.spell(f'torch.{target}')}({', '.join(arguments)})"
        return f"{call}.values" if name == "sort" else call

    def _bounded(self, node: ast.Call, name: str) -> str:
        """`np.maximum(x, 0)` → `torch.clamp(x, min=0)`; torch compares tensors with tensors only."""
        one, other = node.args
        if self._is_array(one) and self._is_array(other):
            return ""
        tensor, bound = (one, other) if self._is_array(one) else (other, one)
        clamp = self.plan.spell("torch.clamp")
        return f"{clamp}({self.text(tensor)}, {_BOUNDS[name]}={self.site.segment(bound)})"

    def _sequence(self, node: ast.expr) -> str:
        text = self.text(node)
        if not isinstance(node, ast.List | ast.ListComp):
            return text
        return f"{self.plan.spell('torch.stack' if names_in(node) else 'torch.tensor')}({text})"


def _given(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(word.value for word in node.keywords)]


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the statements in its blocks."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield child
