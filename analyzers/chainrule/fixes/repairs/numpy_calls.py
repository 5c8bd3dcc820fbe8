"""Repairs of a round trip through numpy: the same computation in torch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.fixes.vocabulary import words

_TITLE = "Keep the computation in torch"
_SAME = words(
    """abs exp log log2 log10 log1p expm1 sqrt square sin cos tan sinh cosh tanh sign floor ceil round clip
    where maximum minimum sum mean prod max min argmax argmin cumsum cumprod dot matmul einsum outer
    zeros_like ones_like isnan isfinite linspace arange zeros ones eye transpose stack diff flip
    tril triu median any all power add subtract multiply divide negative reshape squeeze argsort
    sort cross trace logaddexp hypot arctan2 roll split kron inner floor_divide"""
)
_RENAMED = {
    "absolute": "abs",
    "fabs": "abs",
    "amax": "amax",
    "amin": "amin",
    "concatenate": "cat",
    "expand_dims": "unsqueeze",
    "power": "pow",
    "arccos": "acos",
    "arcsin": "asin",
    "arctan": "atan",
    "vstack": "vstack",
    "hstack": "hstack",
    "nan_to_num": "nan_to_num",
    "tanh": "tanh",
}
_FAMILIES = {
    "fft": words(
        "fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 fftshift ifftshift fftfreq rfftfreq"
    ),
    "linalg": words(
        "norm inv det pinv solve cholesky qr svd eig eigh eigvals eigvalsh slogdet matrix_power matrix_rank"
    ),
}
_SPREADS = frozenset({"std", "var"})
_WORDS = {"axis": "dim", "keepdims": "keepdim"}
_ARRAYS = frozenset({"array", "asarray", "ascontiguousarray"})
_TENSORS = frozenset(
    {"torch.tensor", "torch.as_tensor", "torch.from_numpy", "torch.Tensor", "torch.FloatTensor"}
)


def stay_in_torch(site: FixSite) -> Iterator[Repair]:
    """Every numpy step of the function that the gradient passes → its torch counterpart"""
    rewriter = _Rewriter(site)
    statements = rewriter.affected()
    if rewriter.unknown:
        yield disabled(_TITLE, f"`{rewriter.unknown}` has no counterpart in torch that is known here")
        return
    for expression in statements:
        text = rewriter.text(expression)
        if rewriter.unknown:
            yield disabled(_TITLE, f"`{rewriter.unknown}` has no counterpart in torch that is known here")
            return
        if text != site.segment(expression):
            rewriter.plan.replace(expression, text)
    if rewriter.plan.edits:
        yield rewriter.plan.repair(_TITLE, Applicability.SAFE)


class _Rewriter:
    def __init__(self, site: FixSite) -> None:
        self.site = site
        self.plan: Plan = site.plan()
        self.arrays: set[str] = set()
        self.unknown = ""

    def affected(self) -> list[ast.expr]:
        """The whole expressions of the function that make or use an array, in order."""
        scope = self.site.function or self.site.tree
        found: list[ast.expr] = []
        for node in walk_scope(scope):
            if not isinstance(node, ast.stmt):
                continue
            for expression in _own_expressions(node):
                if self._touches(expression):
                    found.append(expression)
                    if isinstance(node, ast.Assign):
                        self.arrays |= {
                            n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)
                        }
        return found

    def _touches(self, node: ast.expr) -> bool:
        if names_in(node) & self.arrays:
            return True
        for child in ast.walk(node):
            if isinstance(child, ast.Attribute) and child.attr == "numpy":
                return True
            if isinstance(child, ast.Call) and (self._numpy_name(child) or child is self.site.node):
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
                if (
                    self.site.names.resolve(node.func) in _TENSORS
                    and node.args
                    and self._touches(node.args[0])
                ):
                    return atom(node.args[0], self.text(node.args[0]))
                return self._method(node)
            case ast.Attribute(value=inner, attr="data" | "T" as name):
                return atom(inner, self.text(inner)) + ("" if name == "data" else ".T")
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

    def _method(self, node: ast.Call) -> str:
        """A method: `.numpy()` and what only served it go, `.astype` and `.copy` get their torch names."""
        if not isinstance(node.func, ast.Attribute):
            return self._children(node)
        inner, name = node.func.value, node.func.attr
        receiver = atom(inner, self.text(inner))
        if name in ("numpy", "detach", "item", "tolist") and not node.args:
            return receiver
        if name == "cpu" and self._leads_to_numpy(node):
            return receiver
        if name == "copy":
            return f"{receiver}.clone()"
        if name == "astype":
            return f"{receiver}.float()"
        arguments = self._arguments(node) if names_in(inner) & self.arrays else None
        if arguments is not None:
            return f"{receiver}.{name}({', '.join(arguments)})"
        return self._children(node)

    def _leads_to_numpy(self, node: ast.AST) -> bool:
        attribute = self.site.parent(node)
        return isinstance(attribute, ast.Attribute) and attribute.attr in ("numpy", "detach")

    def _arguments(self, node: ast.Call) -> list[str]:
        texts = [self.text(argument) for argument in node.args]
        for word in node.keywords:
            if word.arg in ("dtype", "out"):
                continue
            texts.append(f"{_WORDS.get(word.arg or '', word.arg or '')}={self.text(word.value)}")
        return texts

    def _call(self, node: ast.Call, name: str) -> str:
        if name in _ARRAYS and node.args:
            return self._sequence(node.args[0])
        if name in ("pi", "e", "inf"):
            return self.site.segment(node)
        if name in ("float32", "float64") and node.args:
            return self.text(node.args[0])
        if not self._concerns(node):
            return self.site.segment(node)
        family, _, member = name.rpartition(".")
        known = name in _SAME | _SPREADS or member in _FAMILIES.get(family, ())
        target = _RENAMED.get(name) or (name if known else "")
        if not target:
            self.unknown = self.site.segment(node.func)
            return self.site.segment(node)
        arguments = self._arguments(node)
        if (
            node.args
            and isinstance(node.args[0], ast.List | ast.ListComp)
            and target not in ("cat", "stack", "vstack", "hstack")
        ):
            arguments[0] = self._sequence(node.args[0])
        if target in _SPREADS and not any(word.arg == "ddof" for word in node.keywords):
            arguments.append("unbiased=False")
        arguments = [
            a.replace("ddof=0", "unbiased=False").replace("ddof=1", "unbiased=True") for a in arguments
        ]
        return f"{self.plan.spell(f'torch.{target}')}({', '.join(arguments)})"

    def _concerns(self, node: ast.Call) -> bool:
        """Whether a tensor may be among the arguments; `np.sqrt(2)` stays."""
        return any(names_in(part) for part in (*node.args, *(word.value for word in node.keywords)))

    def _sequence(self, node: ast.expr) -> str:
        text = self.text(node)
        if isinstance(node, ast.List | ast.ListComp):
            return f"{self.plan.spell('torch.stack')}({text})"
        return text


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the statements in its blocks."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield child
