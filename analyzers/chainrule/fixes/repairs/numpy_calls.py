"""Repairs of a round trip through numpy: the same computation in torch."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom
from chainrule.fixes.repairs.arrays import INDICES_ONLY, Arrays
from chainrule.fixes.repairs.common import wrapped
from chainrule.fixes.repairs.externals import Written, external
from chainrule.fixes.repairs.lists import is_list
from chainrule.fixes.repairs.numpy_forms import form, has_form
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
from chainrule.fixes.statements import remove, sole_in_block, stands_alone
from chainrule.fixes.usage import names_in
from chainrule.fixes.vocabulary import words
from chainrule.syntax import children

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
    rewriter = Rewriter(site)
    for expression in rewriter.affected():
        text = rewriter.text(expression)
        if rewriter.unknown:
            yield disabled(_TITLE, f"`{rewriter.unknown}` has no counterpart in torch that is known here")
            return
        if text != site.segment(expression):
            write(site, rewriter.plan, expression, text)
    if not rewriter.plan.edits:
        return
    if rewriter.instead:
        yield rewriter.plan.repair(f"{_TITLE} ({rewriter.instead})", Applicability.UNSAFE)
    elif rewriter.given:
        title = f"{_TITLE} (where `{rewriter.given}` takes tensors)"
        yield rewriter.plan.repair(title, Applicability.UNSAFE)
    elif rewriter.handed_out:
        yield rewriter.plan.repair(f"{_TITLE} (where the callers take tensors)", Applicability.UNSAFE)
    else:
        yield rewriter.plan.repair(_TITLE, Applicability.SAFE)


def write(site: FixSite, plan: Plan, expression: ast.expr, text: str) -> None:
    """Write an expression anew; `x = x.numpy()` goes as a whole."""
    match site.parent(expression):
        case ast.Assign(targets=[ast.Name(id=name)]) as statement if name == text:
            if stands_alone(site.source, statement) and not sole_in_block(site.parents, statement):
                remove(plan, statement)
                return
        case _:
            pass
    plan.replace(expression, text)


class Rewriter(Arrays):
    """`arrays` are the local names that hold arrays; `given` is a function of the user's that gets one.

    `handed_out`: an array was returned to code that may go on with numpy. `followed`: the functions of the
    file that are written anew as well.
    """

    def __init__(self, site: FixSite) -> None:
        super().__init__(site)
        self.plan: Plan = site.plan()
        self.unknown = ""
        self.given = ""
        self.followed: frozenset[str] = frozenset()
        self.instead = ""

    def text(self, node: ast.expr) -> str:
        """The torch form of an expression."""
        match node:
            case ast.Call():
                name = self.numpy_name(node)
                if name:
                    return self._call(node, name)
                return self._other_call(node)
            case ast.Attribute(value=inner, attr="data") if self.leads_to_numpy(node):
                return atom(inner, self.text(inner))
            case (
                ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=0))
                | ast.Attribute(value=ast.Call() as call, attr="statistic" | "correlation")
            ) if (written := self._external(call)) is not None and written.pair:
                return self._instead(written)
            case ast.Attribute() | ast.Name() if self.is_kept_array(node):
                return f"{self.plan.spell('torch.as_tensor')}({self.site.segment(node)})"
            case ast.Attribute(value=inner, attr=name) if self.is_array(inner):
                if name not in (*_ATTRIBUTES, "size"):
                    self.unknown = self.site.segment(node)
                receiver = atom(inner, self.text(inner))
                return f"{receiver}.numel()" if name == "size" else f"{receiver}.{name}"
            case ast.BinOp(op=ast.MatMult()) if self.counts(node):
                self.unknown = self.site.segment(node)
                return self.unknown
            case _:
                return self._children(node)

    def _children(self, node: ast.AST) -> str:
        texts: dict[ast.AST, str] = {}
        for child in children(node):
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
        holds = any(self.is_affected(argument) for argument in _given(node))
        if dotted in _TENSORS and holds:
            if is_list(self.site, node.args[0]):
                return f"{self.plan.spell('torch.stack')}({self.text(node.args[0])})"
            return atom(node.args[0], self.text(node.args[0]))
        holds = holds or node is self.site.node
        written = self._external(node) if holds else None
        if written is not None and (not written.pair or self._unpacked(node)):
            return self._instead(written)
        if holds and dotted in INDICES_ONLY:
            return self._of_numbers(node)
        foreign = dotted is not None and not dotted.startswith(("torch.", "math."))
        if holds and (foreign or not isinstance(node.func, ast.Name | ast.Attribute)):
            self.unknown = self.site.segment(node.func)
        if isinstance(node.func, ast.Attribute) and dotted is None:
            return self._method(node, node.func)
        if isinstance(node.func, ast.Name) and holds:
            if node.func.id == "float" and len(node.args) == 1:
                return self.text(node.args[0])
            if node.func.id in self.followed:
                return self._children(node)
            if not hasattr(builtins, node.func.id):
                self.given = node.func.id
            elif node.func.id not in _BUILTINS:
                self.unknown = node.func.id
        return self._children(node)

    def _external(self, node: ast.Call) -> Written | None:
        """What a call of another library computes, where that is known."""
        dotted = self.site.names.resolve(node.func) or ""
        if not dotted.startswith(("scipy.", "sklearn.")) or None in {word.arg for word in node.keywords}:
            return None
        given = [atom(argument, self.text(argument)) for argument in node.args]
        named = {word.arg or "": self.site.segment(word.value) for word in node.keywords}
        return external(dotted, given, named, self.plan.spell)

    def _of_numbers(self, node: ast.Call) -> str:
        """A call that returns nothing but indices, of arrays made for it alone."""
        texts: dict[ast.AST, str] = {}
        for part in _given(node):
            if self.is_affected(part):
                texts[part] = f"{atom(part, self.text(part))}.detach().cpu().numpy()"
        return self.site.source.substitute(node, texts)

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

    def _method(self, node: ast.Call, method: ast.Attribute) -> str:
        """A method: `.numpy()` and what only served it go, `.astype` and `.copy` get their torch names."""
        inner, name = method.value, method.attr
        receiver = atom(inner, self.text(inner))
        if name in ("numpy", "item", "tolist") and not node.args:
            return receiver
        if name in ("cpu", "detach") and self.leads_to_numpy(node):
            return receiver if name == "cpu" or self.is_lost(node, inner) else f"{receiver}.detach()"
        if not self.is_array(inner):
            holds = any(self.is_affected(argument) for argument in _given(node)) and name not in self.followed
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
        if name in ("mean", "std", "var") and isinstance(inner, ast.Compare):
            receiver = f"{receiver}.float()"
        renamed = RENAMED_METHODS.get(name, name) if arguments or name not in PAIRS else name
        return f"{receiver}.{renamed}({', '.join(arguments)})"

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
        if self.goes_round(node):
            return self._of_numbers(node)
        own = node is self.site.node or name in MAKERS
        if not own and not any(self.is_affected(part) for part in _given(node)):
            return self.site.segment(node)
        texts = [self._tensor(argument) for argument in node.args] if has_form(name) else []
        named = {word.arg or "": self._tensor(word.value) for word in node.keywords}
        if other := form(name, texts, named, self.plan.spell):
            if name == "pad":  # numpy pads every dimension alike
                self.instead = self.instead or "where what is padded has one dimension"
            return wrapped(self.site, node, other) if other[-1] != ")" or " + " in other else other
        target = in_torch(name)
        mixed = name in TENSORS_ONLY and not all(map(self.is_array, node.args))
        counted = name in _PRODUCTS and self.counts(node)
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

    def _tensor(self, node: ast.expr) -> str:
        """The text of an argument, as a tensor also where it may be an array of numbers."""
        if isinstance(node, ast.Constant):
            return self.text(node)
        text = atom(node, self.text(node))
        written = isinstance(node, ast.Name | ast.Attribute | ast.List | ast.Tuple)
        kept = written and not self.is_affected(node)
        if not kept or "as_tensor" in text:
            return text
        return f"{self.plan.spell('torch.as_tensor')}({text})"

    def _bounded(self, node: ast.Call, name: str) -> str:
        """`np.maximum(x, 0)` → `torch.clamp(x, min=0)`; torch compares tensors with tensors only."""
        one, other = node.args
        if self.is_affected(one) and self.is_affected(other):
            return ""
        tensor, bound = (one, other) if self.is_affected(one) else (other, one)
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
