"""Writing an expression, which a statement holds so far, at another place."""

from __future__ import annotations

import ast
from collections.abc import Collection

from chainrule.fixes.calls import op_of
from chainrule.fixes.dead import is_pure
from chainrule.fixes.site import Plan
from chainrule.fixes.usage import Scope
from chainrule.fixes.vocabulary import words
from chainrule.names import Names
from chainrule.syntax import walk_tree

TWICE = "it would be computed twice: give the logits a name first"
_RANDOM = words(
    """rand randn randint randperm rand_like randn_like randint_like normal bernoulli multinomial poisson
    dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout gumbel_softmax sample rsample
    exponential_ normal_ uniform_ random_ bernoulli_ rrelu"""
)


def moved(plan: Plan, scope: Scope, names: Names, node: ast.expr, gone: Collection[ast.AST]) -> str | None:
    """The text to write for `node` in place of the code `gone`, which reads it behind a name.

    A call that may not be made twice stays where it is: in `p = softmax(net(x))` the name then holds
    `net(x)`, which the plan sees to. None where other code reads the name, too.
    """
    if scope.is_inside(node, gone) or _repeatable(node, scope, names):
        return plan.source.segment(node)
    match scope.statement_of(node):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) as statement:
            read = [r for r in scope.reads.get(name, ()) if not scope.is_inside(r, gone)]
            if read or scope.only_binding(name) is None or statement in gone:
                return None
            plan.replace(value, plan.source.segment(node))
            return name
        case _:
            return None


def _repeatable(node: ast.expr, scope: Scope, names: Names) -> bool:
    """Whether an expression may be computed once more: it has no effect, and no chance in it."""
    operations = (op_of(child, names) for child in walk_tree(node))
    return is_pure(node, names, scope, layers=False) and all(
        op is None or op.name.rpartition(".")[2] not in _RANDOM for op in operations
    )
