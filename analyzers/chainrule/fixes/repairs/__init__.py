"""Which repairs a cause has, the most faithful first."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from chainrule.edits import apply
from chainrule.fixes.repairs import (
    across,
    anew,
    asserted,
    bounds,
    branches,
    carried,
    carried_names,
    chosen,
    comparisons,
    constants,
    copies,
    counted,
    counts,
    drawn,
    functions,
    gates,
    grad_mode,
    guards,
    handed,
    histograms,
    hits,
    hooks,
    indices,
    inplace,
    layers,
    leaf_edits,
    leaves,
    legacy,
    log_sums,
    masking,
    missing,
    moved,
    numpy_calls,
    order,
    outs,
    paths,
    positions,
    positive,
    rebuilt,
    registered,
    returned,
    rewrap,
    sampling,
    scaled,
    selected,
    several,
    steps,
    surrogates,
    totals,
    weights,
    whole_way,
    written,
)
from chainrule.fixes.repairs.common import Repairer
from chainrule.fixes.site import FixSite, Repair
from chainrule.flow.core.causes import Cause
from chainrule.syntax import split_blocks

REPAIRS: Mapping[Cause, tuple[Repairer, ...]] = {
    Cause.DETACH: (
        copies.call_with_computed,
        weights.call_with_weights,
        paths.keep_variables,
        whole_way.keep_tensors,
        written.write_itself,
        paths.keep_attached,
    ),
    Cause.NO_GRAD: (weights.call_with_weights, grad_mode.record),
    Cause.COMPARISON: (
        comparisons.through_filled,
        comparisons.soft_leaf,
        counted.count_by_degrees,
        comparisons.soft_comparison,
        selected.weigh_selected,
    ),
    Cause.INDEX: (
        indices.soft_index,
        counts.soft_ranks,
        order.soft_order,
        chosen.carry_scores,
        hits.probable_hits,
        chosen.gate_rows,
        order.ranked_indices,
    ),
    Cause.PYTHON_SCALAR: (
        positions.interpolate_rows,
        whole_way.keep_tensors,
        several.reduce_in_torch,
        paths.math_to_torch,
        paths.keep_attached,
        paths.unbind_list,
    ),
    Cause.NUMPY: (numpy_calls.stay_in_torch,),
    Cause.REBUILD: (rebuilt.stack,),
    Cause.INTEGER_CAST: (surrogates.cast_other, surrogates.drop_integer_cast),
    Cause.NONDIFFERENTIABLE: (
        outs.keep_result,
        counted.count_smoothly,
        histograms.soft_counts,
        indices.soft_index,
        surrogates.soft_step,
    ),
    Cause.REWRAP: (
        weights.call_with_weights,
        registered.change_in_place,
        copies.call_functionally,
        copies.call_with_computed,
        rewrap.unwrap_parameter,
        registered.use_itself,
        rewrap.clone,
        rebuilt.stack,
        paths.keep_attached,
    ),
    Cause.SAMPLING: (drawn.relaxed_choice, sampling.reparametrize, sampling.draw, sampling.through_mask),
    Cause.NOT_IMPLEMENTED: (
        surrogates.true_division,
        surrogates.soft_step,
        surrogates.sort_distinct,
        histograms.soft_counts,
    ),
    Cause.BRANCH: (branches.clamp_builtin, branches.where, gates.mix_branches),
    Cause.CONSTANT_BRANCH: (branches.clamp_builtin, constants.connect),
    Cause.OVERWRITTEN: (totals.accumulate,),
    Cause.EXTERNAL: (numpy_calls.stay_in_torch,),
    Cause.NO_GRAPH: (leaves.require_grad,),
    Cause.NON_LEAF: (leaves.step_in_place, leaves.make_leaf, leaves.retain),
    Cause.CREATE_GRAPH: (grad_mode.create_graph,),
    Cause.VARIABLE: (rewrap.unwrap_variable,),
    Cause.ROUNDING: (surrogates.through_difference, surrogates.straight_through, surrogates.true_division),
    Cause.SATURATION: (bounds.smooth_clamp,),
    Cause.NEAREST: (sampling.interpolate,),
    Cause.DEGENERATE: (sampling.fixed_sample, surrogates.sigmoid_of_one),
    Cause.SQRT_ZERO: (positive.positive_output, guards.guard_root),
    Cause.BAD_BRANCH: (
        masking.fill_gaps,
        masking.safe_where,
        masking.unmask_rows,
        masking.guard_operand,
        masking.limit_exponent,
        masking.select_first,
    ),
    Cause.DOMAIN_END: (guards.guard_domain,),
    Cause.DIVISION: (scaled.mask_after_scaling, guards.guard_division),
    Cause.LOG_ZERO: (positive.positive_output, log_sums.log_sum_exp, guards.guard_log),
    Cause.STD_SINGLE: (guards.population_std,),
    Cause.POW_ZERO: (guards.guard_power,),
    Cause.REQUIRES_GRAD: (grad_mode.unflag,),
    Cause.FRESH_LEAF: (constants.connect, comparisons.soft_leaf, rebuilt.stack, grad_mode.unflag),
    Cause.INPLACE_SAVED: (
        copies.copy_renormed,
        inplace.out_of_place,
        layers.without_inplace,
        inplace.compute_after_step,
    ),
    Cause.INPLACE_VIEW: (inplace.leave_view,),
    Cause.INPLACE_LEAF: (
        layers.without_inplace,
        leaf_edits.edit_without_graph,
        leaf_edits.change_parameter,
        leaf_edits.edit_a_copy,
    ),
    Cause.BACKWARD_TWICE: (moved.compute_in_loop, grad_mode.retain_graph),
    Cause.GRAPH_KEPT: (
        leaves.keep_as_parameter,
        leaves.clamp_in_place,
        moved.compute_in_loop,
        anew.compute_where_read,
        carried.keep_value_only,
        carried_names.detach_carried,
        anew.compute_anew,
        steps.sum_of_steps,
        anew.keep_graph,
    ),
    Cause.FUNCTION_BACKWARD: (functions.make_static, functions.add_backward),
    Cause.FUNCTION_GRADIENTS: (
        returned.in_order,
        returned.return_last,
        missing.product_rule,
        returned.return_gradients,
        returned.unmark,
        returned.right_input,
        returned.return_computed,
        returned.pass_through,
        hooks.unhook,
        hooks.differentiable_again,
    ),
    Cause.FUNCTION_GRAD_MODE: (functions.enable_grad,),
    Cause.FUNCTION_EDITS: (functions.edit_a_copy,),
    Cause.FUNCTION_CALL: (legacy.static_function, functions.apply, functions.make_static),
}


WIDER: Mapping[Cause, tuple[Repairer, ...]] = {
    Cause.INDEX: (handed.hand_on_probabilities,),
    Cause.SAMPLING: (handed.hand_on_probabilities,),
    Cause.DETACH: (across.arrays_in_torch,),
    Cause.NUMPY: (across.arrays_in_torch,),
    Cause.PYTHON_SCALAR: (asserted.allow_tensor, across.numbers_as_tensors),
    Cause.REBUILD: (across.numbers_as_tensors,),
}
"""Repairs that change several functions of a file, for breaks in a function that others go on with."""

# Their own repairs see to the flags.
_FLAGS = frozenset({Cause.REQUIRES_GRAD, Cause.FRESH_LEAF, Cause.NON_LEAF, Cause.NO_GRAPH})


def repairs_for(cause: Cause, site: FixSite, wider: bool = False) -> tuple[Repair, ...]:
    """The repairs of one break, the most faithful first; with `wider` those of `WIDER`.

    Only repairs whose result parses, and differs, are returned; a title is offered once.
    """
    found: dict[str, Repair] = {}
    for repairer in (WIDER if wider else REPAIRS).get(cause, ()):
        for made in repairer(site):
            repair = made if cause in _FLAGS else grad_mode.without_flags(site, made)
            if repair.title not in found and (repair.reason or _holds(site, repair)):
                found[repair.title] = repair
        if repairer is whole_way.keep_tensors and any(repair.edits for repair in found.values()):
            break  # what mends one place of several only moves the break
    return tuple(found.values())


def _holds(site: FixSite, repair: Repair) -> bool:
    try:
        after = apply(site.text, repair.edits)
    except ValueError:
        return False
    if after == site.text:
        return False
    before = {block.text for block in split_blocks(site.text)}
    changed = (block.text for block in split_blocks(after) if block.text not in before)
    # A block that is being typed does not parse before the repair either.
    return all(map(_parses, changed)) or not _parses(site.text)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


__all__ = ["REPAIRS", "WIDER", "Repairer", "repairs_for"]
