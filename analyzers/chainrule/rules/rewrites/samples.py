"""Reading loops that compute one loss per sample, and writing their values for the whole batch."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from chainrule.fixes.bindings import Binding
from chainrule.fixes.calls import is_full_slice, number, op_of
from chainrule.fixes.dead import mutations
from chainrule.fixes.statements import stands_alone
from chainrule.fixes.text import SourceText
from chainrule.fixes.usage import Scope, names_in, walk_scope
from chainrule.fixes.vocabulary import ELEMENTWISE, SHAPE_ONLY
from chainrule.names import Names
from chainrule.rules.rewrites.reduction import Form, Reduced, ReductionReader

# What people call a batch, as PyTorch's own losses do.
_TENSOR_NAME = re.compile(
    r"(pred|logit|score|target|label|prob|truth|gt_?labels|gts?$|outputs?$|estimates?$|[xy](_|$))",
    re.IGNORECASE,
)


@dataclass
class SampleLoop:
    """A loop over samples whose per-sample values `sample` are collected and reduced.

    `result` is what the batched expression replaces: the reduced collection, with its form and sign.
    `replaced` are the statements that go with it. When `assign` is a name, the loop itself becomes an
    assignment to it. `tensors` are what is iterated, `whole` says that every sample is visited.
    """

    sample: ast.expr
    result: Reduced
    replaced: list[ast.stmt]
    body: list[ast.stmt]
    rows: dict[str, ast.expr]
    index: str
    whole: bool = True
    assign: str = ""
    tensors: list[ast.expr] = field(default_factory=list)


class SampleReader:
    """Finds the loops over samples in one scope."""

    def __init__(self, scope: Scope, names: Names, source: SourceText) -> None:
        self.scope = scope
        self.names = names
        self.source = source
        self.reductions = ReductionReader(scope, names)

    def loops(self) -> list[SampleLoop]:
        found = []
        for node in walk_scope(self.scope.node):
            match node:
                case ast.For(target=target, iter=iterated, body=body, orelse=[]):
                    loop = self._for(node, target, iterated, body)
                case (
                    ast.ListComp(elt=elt, generators=[generator])
                    | ast.GeneratorExp(elt=elt, generators=[generator])
                ):
                    loop = self._comprehension(node, elt, generator)
                case _:
                    loop = None
            if loop is not None and all(self._is_tensor(tensor) for tensor in loop.tensors):
                found.append(loop)
        return found

    def _for(
        self, node: ast.For, target: ast.expr, iterated: ast.expr, body: list[ast.stmt]
    ) -> SampleLoop | None:
        *steps, last = body
        made = {
            s.targets[0].id for s in steps if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
        }
        filled = {id(s) for name in made for s in mutations(self.scope, name)}
        if not all(
            (isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)) or id(s) in filled
            for s in steps
        ):
            return None
        match last:
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=kept), attr="append"), args=[sample])
            ):
                appended, negated = True, False
            case ast.AugAssign(target=ast.Name(id=kept), op=ast.Add() | ast.Sub() as operator, value=sample):
                appended, negated = False, isinstance(operator, ast.Sub)
            case ast.Assign(
                targets=[ast.Name(id=kept)],
                value=ast.BinOp(left=ast.Name(id=again), op=ast.Add() | ast.Sub() as operator, right=sample),
            ):
                if again != kept:
                    return None
                appended, negated = False, isinstance(operator, ast.Sub)
            case _:
                return None
        loop = SampleLoop(sample, Reduced(sample, Form.SAMPLES), [node], body, {}, "")
        if not self._iterates(loop, target, iterated) or not stands_alone(self.source, node):
            return None
        start = self._start(kept, node, appended)
        if start is None:
            return None
        bound = {b.name for s in steps for b in self._bound_by(s)}
        if any(self.scope.is_read_outside(name, node) for name in bound | set(loop.rows) | {loop.index}):
            return None
        loop.replaced.append(start)
        outside = [r for r in self.scope.reads.get(kept, ()) if not self.scope.is_inside(r, [node])]
        if appended:
            return self._collected(loop, outside)
        if len(outside) == 1:
            total = Reduced(outside[0], Form.SUM, negated)
            loop.result = self.reductions.follow(total, tuple(loop.tensors))
        climbed = outside and loop.result.node not in (sample, outside[0])
        if not climbed and not (
            len(outside) == 1 and isinstance(self.scope.parents.get(outside[0]), ast.Return)
        ):
            loop.result, loop.assign = Reduced(sample, Form.SUM, negated), kept
        return loop if outside else None

    def _start(self, kept: str, loop: ast.For, appended: bool) -> ast.stmt | None:
        """The `losses = []` or `total = 0` in front of the loop."""
        bindings = [
            b for b in self.scope.bindings.get(kept, ()) if not self.scope.is_inside(b.statement, [loop])
        ]
        if (
            len(bindings) != 1
            or bindings[0].value is None
            or not isinstance(bindings[0].statement, ast.Assign)
        ):
            return None
        statement, value = bindings[0].statement, bindings[0].value
        if self.scope.parents.get(statement) is not self.scope.parents.get(loop):
            return None
        if not stands_alone(self.source, statement) or len(statement.targets) != 1:
            return None
        if appended:
            empty = isinstance(value, ast.List) and not value.elts
        else:
            op = op_of(value, self.names)
            made = op is not None and (op.name in ("zeros", "new_zeros") or number(op.get(0, "data")) == 0)
            empty = number(value) == 0 or made
        return statement if empty else None

    def _collected(self, loop: SampleLoop, reads: list[ast.Name]) -> SampleLoop | None:
        """The reduction of a list: `torch.stack(losses).mean()` or `sum(losses) / len(losses)`."""
        lengths = [r for r in reads if self._is_call(r, "len")]
        values = [r for r in reads if r not in lengths]
        if len(values) != 1:
            return None
        found = self._reduced_list(values[0], loop)
        if found is None or (lengths and not all(self.scope.is_inside(r, [found.node]) for r in lengths)):
            return None
        loop.result = found
        return loop

    def _reduced_list(self, node: ast.expr, loop: SampleLoop) -> Reduced | None:
        parent = self.scope.parents.get(node)
        if not isinstance(parent, ast.Call):
            return None
        sizes = (*loop.tensors, node)
        if isinstance(parent.func, ast.Name) and parent.func.id == "sum":
            return self.reductions.follow(Reduced(parent, Form.SUM), sizes)
        op = op_of(parent, self.names)
        if op is None or op.dotted != "torch.stack" or len(op.operands) != 1 or op.keywords:
            return None
        return self.reductions.follow(Reduced(parent, Form.SAMPLES), sizes)

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp, sample: ast.expr, generator: ast.comprehension
    ) -> SampleLoop | None:
        loop = SampleLoop(sample, Reduced(sample, Form.SAMPLES), [], [], {}, "")
        if generator.ifs or not self._iterates(loop, generator.target, generator.iter):
            return None
        parent = self.scope.parents.get(node)
        if (
            isinstance(parent, ast.Assign)
            and isinstance(parent.targets[0], ast.Name)
            and len(parent.targets) == 1
        ):
            name = parent.targets[0].id
            if self.scope.only_binding(name) is None or not stands_alone(self.source, parent):
                return None
            loop.replaced = [parent]
            return self._collected(loop, list(self.scope.reads.get(name, ())))
        found = self._reduced_list(node, loop)
        if found is None:
            return None
        loop.result = found
        return loop

    def _iterates(self, loop: SampleLoop, target: ast.expr, iterated: ast.expr) -> bool:
        match target, iterated:
            case ast.Name(id=index), ast.Call(func=ast.Name(id="range"), args=[count]):
                loop.index = index
                loop.tensors = self._indexed_by(index, loop)
                loop.whole = any(self.reductions.counts(count, tensor) for tensor in loop.tensors)
                return bool(loop.tensors)
            case ast.Tuple(elts=[ast.Name(id=index), inner]), ast.Call(
                func=ast.Name(id="enumerate"), args=[over]
            ):
                loop.index = index
                return self._iterates_values(loop, inner, over)
            case _:
                return self._iterates_values(loop, target, iterated)

    def _iterates_values(self, loop: SampleLoop, target: ast.expr, iterated: ast.expr) -> bool:
        match target, iterated:
            case ast.Tuple(elts=rows), ast.Call(func=ast.Name(id="zip"), args=tensors) if len(rows) == len(
                tensors
            ):
                pairs = list(zip(rows, tensors, strict=True))
            case ast.Name(), ast.Name() | ast.Attribute():
                pairs = [(target, iterated)]
            case _:
                return False
        for row, tensor in pairs:
            if not isinstance(row, ast.Name) or not isinstance(tensor, ast.Name | ast.Attribute | ast.Call):
                return False
            loop.rows[row.id] = tensor
            loop.tensors.append(tensor)
        return True

    def _indexed_by(self, index: str, loop: SampleLoop) -> list[ast.expr]:
        found = []
        for inner in [*loop.body, loop.sample]:
            for node in ast.walk(inner):
                if isinstance(node, ast.Subscript) and _is_row_index(node.slice, index):
                    found.append(node.value)
        return found

    def _is_tensor(self, node: ast.expr) -> bool:
        """Whether something iterated is known for a tensor: a list of tensors has no batched form."""
        if not isinstance(node, ast.Name):
            return op_of(node, self.names) is not None
        if _TENSOR_NAME.match(node.id):
            return True
        for read in self.scope.reads.get(node.id, ()):
            parent = self.scope.parents.get(read)
            if isinstance(parent, ast.Attribute) and parent.attr in SHAPE_ONLY | ELEMENTWISE:
                return True
            op = op_of(parent, self.names) if parent is not None else None
            if op is not None and op.dotted is not None and op.name not in ("stack", "cat"):
                return True
        return self._is_annotated(node.id)

    def _is_annotated(self, name: str) -> bool:
        if isinstance(self.scope.node, ast.Module):
            return False
        arguments = self.scope.node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg == name and argument.annotation is not None:
                return (self.names.resolve(argument.annotation) or "").endswith("Tensor")
        return False

    def batched(self, loop: SampleLoop, node: ast.expr) -> str | None:
        """The text of a per-sample expression for all samples at once; None when there is no such text.

        Expressions that do not vary over the samples keep their text.
        """
        match node:
            case ast.Name(id=name):
                return self._batched_name(loop, node, name)
            case ast.Subscript(value=value, slice=index) if loop.index and _is_row_index(index, loop.index):
                return None if self._varies(loop, value) else self.source.segment(value)
            case _ if not self._varies(loop, node):
                return self.source.segment(node)
            case ast.BinOp(left=left, right=right, op=operator) if not isinstance(operator, ast.MatMult):
                rows = [self._varies(loop, part) for part in (left, right)]
                if not all(rows) and number(left if rows[1] else right) is None:
                    return None
                return self._rendered(loop, node, [left, right])
            case ast.UnaryOp(operand=operand):
                return self._rendered(loop, node, [operand])
            case ast.Call():
                op = op_of(node, self.names)
                if op is None or op.tensor is None or op.name not in ELEMENTWISE:
                    return None
                others = [*op.operands[1:], *op.keywords.values()]
                if any(self._varies(loop, other) for other in others if other is not op.tensor):
                    return None
                return self._rendered(loop, node, [op.tensor])
            case _:
                return None

    def _batched_name(self, loop: SampleLoop, node: ast.Name, name: str) -> str | None:
        if name in loop.rows:
            return self.source.segment(loop.rows[name])
        if name == loop.index:
            return None
        binding = self.scope.binding_of(node)
        if binding is None or binding.statement not in loop.body:
            return name
        if binding.value is None or binding.path:
            return None
        text = self.batched(loop, binding.value)
        return text if text is None or not isinstance(binding.value, ast.BinOp) else f"({text})"

    def _rendered(self, loop: SampleLoop, node: ast.expr, parts: list[ast.expr]) -> str | None:
        texts: dict[ast.AST, str] = {}
        for part in parts:
            text = self.batched(loop, part)
            if text is None:
                return None
            texts[part] = text
        return self.source.substitute(node, texts)

    def _varies(self, loop: SampleLoop, node: ast.expr) -> bool:
        bound = {b.name for s in loop.body for b in self._bound_by(s)}
        return any(name == loop.index or name in loop.rows or name in bound for name in names_in(node))

    def _bound_by(self, statement: ast.stmt) -> list[Binding]:
        return [b for every in self.scope.bindings.values() for b in every if b.statement is statement]

    def _is_call(self, node: ast.Name, function: str) -> bool:
        parent = self.scope.parents.get(node)
        return (
            isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == function
        )


def _is_row_index(index: ast.expr, name: str) -> bool:
    match index:
        case ast.Name(id=found):
            return found == name
        case ast.Tuple(elts=[ast.Name(id=found), *rest]):
            return found == name and all(is_full_slice(part) for part in rest)
        case _:
            return False
