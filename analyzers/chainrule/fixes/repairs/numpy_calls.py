"""Repairs of a round trip through numpy: the same computation in torch."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.repairs.common import wrapped
from chainrule.fixes.repairs.externals import Written, external
from chainrule.fixes.repairs.numpy_forms import form, has_form
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
    if rewriter.instead:
        yield rewriter.plan.repair(f"{_TITLE} ({rewriter.instead})", Applicability.UNSAFE)
    elif rewriter.given:
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
        self.instead = ""

    def affected(self) -> list[ast.expr]:
        """The whole expressions of the function that make or use an array, in order."""
        found: list[ast.expr] = []
        for node in walk_scope(self.site.function or self.site.tree):
            if not isinstance(node, ast.stmt):
                continue
            for expression in _own_expressions(node):
                if self._is_array(expression):
                    self.arrays |= set(self._drawn(expression))
                    found.append(expression)
                    if isinstance(node, ast.Assign):
                        self.arrays |= {
                            n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)
                        }
        return found

    def _drawn(self, expression: ast.expr) -> Iterator[str]:
        """The names that comprehensions draw from arrays: the `row` of `for row in array`."""
        for node in ast.walk(expression):
            if isinstance(node, ast.comprehension) and self._is_array(node.iter):
                yield from (n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))

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
            case (
                ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=0))
                | ast.Attribute(value=ast.Call() as call, attr="statistic" | "correlation")
            ) if (written := self._external(call)) is not None and written.pair:
                return self._instead(written)
            case ast.Attribute() | ast.Name() if self._is_kept_array(node):
                return f"{self.plan.spell('torch.as_tensor')}({self.site.segment(node)})"
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
        written = self._external(node) if holds else None
        if written is not None and (not written.pair or self._unpacked(node)):
            return self._instead(written)
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

    def _external(self, node: ast.Call) -> Written | None:
        """What a call of another library computes, where that is known."""
        dotted = self.site.names.resolve(node.func) or ""
        if not dotted.startswith(("scipy.", "sklearn.")) or None in {word.arg for word in node.keywords}:
            return None
        given = [atom(argument, self.text(argument)) for argument in node.args]
        named = {word.arg or "": self.site.segment(word.value) for word in node.keywords}
        return external(dotted, given, named, self.plan.spell)

    def _instead(self, written: Written) -> str:
        self.instead = written.instead or self.instead
        return written.text

    def _unpacked(self, node: ast.Call) -> bool:
        """Whether `rho, p = spearmanr(…)` takes a pair apart and reads the first; only that is kept then."""
        match self.site.parent(node):
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name() as kept, ast.Name(id=other)]) as places]):
                if not self.site.scope.reads.get(other):
                    self.plan.replace(places, kept.id)
                    return True
                return False
            case _:
                return False

    def _is_kept_array(self, node: ast.expr) -> bool:
        """Whether an array of numbers, which an attribute or a constant holds, meets tensors here."""
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                made = self.site.scope.attributes.get(name)
                if made is None or not self._numpy_name(made):
                    return False
            case ast.Name(id=name):
                if not name.isupper() or name in self.site.scope.bindings:
                    return False
            case _:
                return False
        match self.site.parent(node):
            case ast.BinOp(left=left, right=right):
                return self._is_array(right if node is left else left)
            case ast.Call(args=args) as call:
                return node in args and any(map(self._is_array, args)) and bool(self._numpy_name(call))
            case _:
                return False

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
            return self._leaves(node)
        above = self.site.parent(attribute)
        following = above if isinstance(above, ast.Call) else attribute
        return attribute.attr == "numpy" or (
            attribute.attr in ("cpu", "detach", "data", "resolve_neg") and self._leads_to_numpy(following)
        )

    def _leaves(self, node: ast.AST) -> bool:
        """Whether a value is handed to numpy or to another library, through `.cpu()` and its like."""
        parent = self.site.parent(node)
        if isinstance(parent, ast.Attribute) and parent.attr in ("cpu", "detach", "data"):
            call = self.site.parent(parent)
            return self._leaves(call if isinstance(call, ast.Call) else parent)
        return isinstance(parent, ast.Call) and node in parent.args and leaves_torch(self.site, parent)

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
        texts = [self._tensor(argument) for argument in node.args] if has_form(name) else []
        named = {word.arg or "": self.text(word.value) for word in node.keywords}
        if other := form(name, texts, named, self.plan.spell):
            return wrapped(self.site, node, other) if other[-1] != ")" or " + " in other else other
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
        if node.args and isinstance(node.args[0], ast.Name) and target not in _LISTS:
            if isinstance(self.site.scope.value_of(node.args[0]), ast.List | ast.ListComp):
                arguments[0] = f"{self.plan.spell('torch.stack')}({arguments[0]})"
        call = f"{self.plan.spell(f'torch.{target}')}({', '.join(arguments)})"
        return f"{call}.values" if name == "sort" else call

    def _tensor(self, node: ast.expr) -> str:
        """The text of an argument, as a tensor also where it may be an array of numbers."""
        text = atom(node, self.text(node))
        kept = isinstance(node, ast.Name | ast.Attribute) and not self._is_array(node)
        if not kept or "as_tensor" in text:
            return text
        return f"{self.plan.spell('torch.as_tensor')}({text})"

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


def leaves_torch(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of numpy, scipy or scikit-learn."""
    return (site.names.resolve(call.func) or "").startswith(("numpy.", "scipy.", "sklearn."))


def _given(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(word.value for word in node.keywords)]


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the statements in its blocks."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield child
