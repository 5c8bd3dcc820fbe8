"""Finding the loops that compute one loss per sample."""

from __future__ import annotations

import ast

from chainrule.fixes.calls import number, op_of
from chainrule.fixes.dead import mutations
from chainrule.fixes.statements import stands_alone
from chainrule.fixes.text import SourceText
from chainrule.fixes.usage import Scope, walk_scope
from chainrule.names import Names
from chainrule.rules.rewrites.iterated import Iterated
from chainrule.rules.rewrites.reduction import Form, Reduced, ReductionReader
from chainrule.rules.rewrites.sample_loops import Batches, SampleLoop, is_row_index
from chainrule.syntax import walk_tree


class SampleReader(Batches):
    """Finds the loops over samples in one scope."""

    def __init__(self, scope: Scope, names: Names, source: SourceText) -> None:
        super().__init__(scope, names, source)
        self.iterated = Iterated(scope, names)
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
            if loop is not None and all(self.iterated.is_tensor(tensor) for tensor in loop.tensors):
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
        bound = {b.name for s in steps for b in self.bound_by(s)}
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
            for node in walk_tree(inner):
                if isinstance(node, ast.Subscript) and is_row_index(node.slice, index):
                    found.append(node.value)
        return found

    def _is_call(self, node: ast.Name, function: str) -> bool:
        parent = self.scope.parents.get(node)
        return (
            isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == function
        )
