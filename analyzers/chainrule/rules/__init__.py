"""The rules: what chainrule tells about each cause of a lost gradient. One file, one rule."""

from chainrule.flow.core.causes import Cause
from chainrule.rules.cut import (
    branch,
    comparison,
    constant_branch,
    create_graph,
    detached,
    external,
    index,
    integer_cast,
    no_grad,
    non_leaf,
    nondifferentiable,
    not_implemented,
    numpy_trip,
    overwritten,
    parameter_rewrap,
    python_scalar,
    sampling,
    tensor_rebuild,
    variable,
)
from chainrule.rules.functions import (
    function_backward,
    function_call,
    function_edits,
    function_grad_mode,
    function_gradients,
)
from chainrule.rules.graph import backward_twice, graph_kept, inplace_leaf, inplace_saved
from chainrule.rules.nonfinite import (
    bad_branch,
    division,
    domain_end,
    log_of_zero,
    pow_at_zero,
    sqrt_at_zero,
    std_of_one,
)
from chainrule.rules.rule import Rule
from chainrule.rules.silenced import fresh_leaf, requires_grad
from chainrule.rules.zero import degenerate, nearest_sampling, rounding, saturation

RULES: tuple[Rule, ...] = (
    detached.RULE,
    no_grad.RULE,
    comparison.RULE,
    index.RULE,
    python_scalar.RULE,
    numpy_trip.RULE,
    tensor_rebuild.RULE,
    integer_cast.RULE,
    nondifferentiable.RULE,
    parameter_rewrap.RULE,
    sampling.RULE,
    not_implemented.RULE,
    branch.RULE,
    constant_branch.RULE,
    overwritten.RULE,
    external.RULE,
    non_leaf.RULE,
    create_graph.RULE,
    variable.RULE,
    rounding.RULE,
    saturation.RULE,
    nearest_sampling.RULE,
    degenerate.RULE,
    sqrt_at_zero.RULE,
    bad_branch.RULE,
    domain_end.RULE,
    division.RULE,
    log_of_zero.RULE,
    std_of_one.RULE,
    pow_at_zero.RULE,
    requires_grad.RULE,
    fresh_leaf.RULE,
    inplace_saved.RULE,
    inplace_leaf.RULE,
    backward_twice.RULE,
    graph_kept.RULE,
    function_backward.RULE,
    function_gradients.RULE,
    function_grad_mode.RULE,
    function_call.RULE,
    function_edits.RULE,
)
_BY_CAUSE = {cause: rule for rule in RULES for cause in rule.causes}


def rule_for(cause: Cause) -> Rule:
    """The rule that tells about `cause`."""
    return _BY_CAUSE[cause]


__all__ = ["RULES", "Rule", "rule_for"]
