"""Writing a classification loss anew: one call of cross_entropy, or nll_loss, from class indices."""

from __future__ import annotations

import ast

from chainrule.findings import Applicability
from chainrule.fixes import Plan, Repair, SourceText, disabled
from chainrule.fixes.behind import TWICE, moved
from chainrule.fixes.calls import argument, atom, integer, operand
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.statements import remove, replace_lines, stands_alone
from chainrule.fixes.usage import Scope, names_in
from chainrule.names import Names
from chainrule.rules.rewrites.objective import Objective
from chainrule.rules.rewrites.reduction import Form, Reduced
from chainrule.rules.rewrites.sample_loops import SampleLoop
from chainrule.rules.rewrites.samples import SampleReader
from chainrule.rules.rewrites.scores import Kind
from chainrule.rules.wording import quoted

_TITLE = "Compute the loss with cross_entropy"


class Writer:
    def __init__(
        self,
        scope: Scope,
        names: Names,
        source: SourceText,
        objective: Objective,
        loop: SampleLoop | None,
        samples: SampleReader,
    ) -> None:
        self.scope = scope
        self.names = names
        self.source = source
        self.objective = objective
        self.loop = loop
        self.samples = samples
        self.plan = Plan(source, names)

    def message(self) -> str:
        scores, other = quoted(self.objective.scores.node, "the scores"), self.objective.other
        if other:
            return (
                f"{other[0].upper()}{other[1:]} against a one-hot target is another objective for {scores} "
                "than cross_entropy, the usual one"
            )
        kind = self.objective.scores.kind
        if kind in (Kind.LOG_RAW, Kind.LOG_NAME):
            taken = f"the logarithm of {scores}" if kind is Kind.LOG_RAW else scores
            return (
                "This spells out the negative log-likelihood by a one-hot target; nll_loss takes "
                f"{taken} at the class indices themselves"
            )
        return (
            f"This spells out the cross-entropy of {scores}; cross_entropy computes it, and its gradient, "
            "from the class indices in one stable step"
        )

    def repair(self) -> Repair:
        objective, loop = self.objective, self.loop
        if loop is not None and not loop.whole:
            return disabled(_TITLE, "the loop may not visit every sample of the batch")
        result = self._combined()
        if result is None:
            return disabled(_TITLE, "the value is not reduced over the classes in one step")
        overwritten = self._overwritten(result)
        if overwritten is None:
            return disabled(_TITLE, "the logits are overwritten before the loss")
        gone = [result.node, *result.crossed, *overwritten]
        scores = self._text(objective.scores.node, gone)
        target = self._text(objective.target.target, gone)
        if scores is None or target is None:
            return disabled(
                _TITLE, TWICE if loop is None else "the samples of the loop can't be written as one batch"
            )
        call = self._call(result, scores, target + objective.target.suffix)
        if call is None:
            return disabled(_TITLE, "the number of classes, by which the mean divides, is not in sight")
        crossed = [*result.crossed]
        if not all(stands_alone(self.source, statement) for statement in crossed):
            return disabled(_TITLE, "the statements share a line")
        self._edit(result, call, overwritten)
        return self.plan.repair(*self._promise(result))

    def _combined(self) -> Reduced | None:
        """The reduced value of the whole batch, with the loop's own reduction."""
        inner = self.objective.result
        if self.loop is None:
            usable = inner.form not in (Form.ELEMENTS, Form.COLUMN)
            return inner if usable else None
        outer = self.loop.result
        other = bool(self.objective.other)
        if inner.form is Form.ELEMENTS or (
            inner.form is Form.ELEMENT_MEAN and not other and outer.form is not Form.MEAN
        ):
            return None
        form = Form.ELEMENT_MEAN if inner.form is Form.ELEMENT_MEAN and not other else outer.form
        return Reduced(outer.node, form, inner.negated != outer.negated, inner.dims, outer.crossed)

    def _text(self, node: ast.expr, gone: list[ast.AST]) -> str | None:
        if self.loop is not None:
            return self.samples.batched(self.loop, node)
        text = moved(self.plan, self.scope, self.names, node, gone)
        return text if text is None else argument(node, text)

    def _call(self, result: Reduced, scores: str, target: str) -> str | None:
        objective = self.objective
        log_only = objective.scores.kind in (Kind.LOG_RAW, Kind.LOG_NAME)
        name = self.plan.spell(f"torch.nn.functional.{'nll_loss' if log_only else 'cross_entropy'}")
        if objective.scores.kind is Kind.LOG_RAW:
            guard = ".clamp(min=1e-8)" if objective.scores.guarded else ""
            scores = f"{atom(objective.scores.node, scores)}{guard}.log()"
        if not objective.other and not self._is_matrix(result) and self._is_last(result):
            # cross_entropy wants the classes in dimension 1, where a matrix has them already.
            scores = f"{atom(objective.scores.node, scores)}.movedim(-1, 1)"
        arguments = [scores, target]
        arguments += [f"{word}={self.source.segment(value)}" for word, value in objective.keywords.items()]
        if objective.target.smoothing is not None and log_only:
            return None
        if objective.target.smoothing is not None:
            arguments.append(f"label_smoothing={self.source.segment(objective.target.smoothing)}")
        tail = ""
        if objective.weight is not None:
            arguments.append(f"weight={self.source.segment(objective.weight)}")
        if result.form is Form.SAMPLES:
            arguments.append('reduction="none"')
        elif result.form is Form.SUM:
            arguments.append('reduction="sum"')
        elif objective.weight is not None:
            # With weights, cross_entropy's own mean divides by their sum.
            arguments.append('reduction="none"')
            tail = ".mean()"
        if result.form is Form.ELEMENT_MEAN and not objective.other:
            classes = self._classes(scores)
            if classes is None:
                return None
            tail += f" / {classes}"
        minus = result.negated == objective.positive
        return f"{'-' if minus else ''}{name}({', '.join(arguments)}){tail}"

    def _classes(self, scores: str) -> str | None:
        classes = self.objective.target.classes
        if classes is not None and not (self.loop and names_in(classes) & set(self.loop.rows)):
            return operand(classes, self.source.segment(classes))
        return None

    def _overwritten(self, result: Reduced) -> list[ast.stmt] | None:
        """The `x = softmax(x)` to remove so that `x` is the logits again; None where that can't be."""
        statements: list[ast.stmt] = []
        gone = [result.node, *result.crossed, *(self.loop.replaced if self.loop else ())]
        for node in (self.objective.scores.node, self.objective.target.target):
            for binding in self.scope.rebound(node, result.node):
                statement = binding.statement
                if not isinstance(statement, ast.Assign) or not self.scope.is_inside(node, [statement]):
                    if self.loop is not None and self.scope.is_inside(
                        statement, [*self.loop.replaced, *self.loop.body]
                    ):
                        continue
                    return None
                later = [
                    read
                    for read in self.scope.reads.get(binding.name, ())
                    if read.lineno > statement.lineno and not self.scope.is_inside(read, gone)
                ]
                if later or not stands_alone(self.source, statement):
                    return None
                statements.append(statement)
        return statements

    def _edit(self, result: Reduced, call: str, overwritten: list[ast.stmt]) -> None:
        loop = self.loop
        gone: list[ast.AST] = [result.node, *result.crossed]
        if loop is not None:
            gone += loop.replaced
            if loop.assign:
                gone = list(loop.replaced)
        tree = ast.parse(call, mode="eval")
        removed = dead_statements(self.scope, self.source, self.names, gone, names_in(tree))
        removed += [*result.crossed, *(s for s in overwritten if s not in removed)]
        if loop is not None and loop.assign:
            *others, node = loop.replaced[::-1]
            replace_lines(self.plan, [node], [f"{loop.assign} = {call}"])
            removed += others
        else:
            self.plan.replace(result.node, call)
            removed += loop.replaced if loop is not None else []
        remove(self.plan, *removed)

    def _promise(self, result: Reduced) -> tuple[str, Applicability]:
        objective = self.objective
        if objective.other:
            taken = "logits" if objective.scores.kind is Kind.RAW else "the logits before the activation"
            return (
                f"{_TITLE} (changes the objective: {objective.other} becomes cross-entropy on {taken})",
                Applicability.UNSAFE,
            )
        if objective.scores.guarded:
            return (
                f"{_TITLE} (drops the guard of the log, which changes tiny probabilities)",
                Applicability.UNSAFE,
            )
        if objective.target.assumed:
            return (
                f"{_TITLE} (where {objective.target.assumed} is the number of classes)",
                Applicability.UNSAFE,
            )
        if objective.scores.kind in (Kind.LOG_RAW, Kind.LOG_NAME):
            return "Compute the loss with nll_loss from the class indices", Applicability.SAFE
        if not self._is_matrix(result) and not self._is_last(result):
            return f"{_TITLE} (for scores of shape (N, C))", Applicability.UNSAFE
        return _TITLE, Applicability.SAFE

    def _is_last(self, result: Reduced) -> bool:
        """Whether the classes are known to stand in the last dimension, of a batch of any shape."""
        return {d for d in (self.objective.scores.dim, *result.dims) if d is not None} == {-1} and (
            result.form is not Form.SUM
        )

    def _is_matrix(self, result: Reduced) -> bool:
        """Whether the class dimension is known to be where cross_entropy expects it."""
        if self.loop is not None or self.objective.keywords:
            return True
        if isinstance(self.objective.marked, ast.Subscript):
            return True  # `logp[rows, target]` has no third dimension
        target = self.objective.target
        dims = {d for d in (self.objective.scores.dim, *result.dims) if d is not None}
        if target.class_dim == 1 or 1 in dims or dims == {0}:
            return True
        match target.classes:
            case (
                ast.Call(func=ast.Attribute(attr="size"), args=[dim])
                | ast.Subscript(value=ast.Attribute(attr="shape"), slice=dim)
            ):
                return integer(dim) == 1
            case _:
                return False
