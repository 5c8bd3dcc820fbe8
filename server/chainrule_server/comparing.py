"""What a fix changed, by two runs of the loss on the same inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainrule.fixing import speed_up
from chainrule_server.wording import gets, norm, trouble

if TYPE_CHECKING:
    from chainrule.probe.evidence import Evidence, SourceEvidence

TOLERANCE = 1e-4
"""Relative difference below which two runs in single precision agree."""


def changes(before: Evidence, after: Evidence) -> str:
    """One line: what became of the gradient, and of the loss's value."""
    if not after.sources:
        return f"does not run: {trouble(after)}"
    if not before.sources:
        return "runs now"
    if dict(before.inputs.arguments) != dict(after.inputs.arguments):
        return "cannot be compared: it takes other inputs"
    told = [_gradient(source, _named(before, source.name)) for source in after.sources]
    gradients = [words for words in told if words]
    faster = speed_up(_seconds(before), _seconds(after))
    return "; ".join([_loss(before, after), *(gradients or ["same gradient"]), *([faster] if faster else [])])


def is_worse(before: Evidence, after: Evidence) -> bool:
    """Whether the fixed loss raises where the other ran, has another value, or loses a gradient."""
    if not before.sources:
        return False
    if not after.sources:
        return True
    old = before.loss.value if before.loss else None
    new = after.loss.value if after.loss else None
    if old is not None and new is not None and math.isfinite(old) and not _close(old, new):
        return True
    flowed = {source.name for source in before.sources if source.verdict.value == "flows"}
    flows = {source.name for source in after.sources if source.verdict.value == "flows"}
    return not flowed <= flows


def _seconds(evidence: Evidence) -> float | None:
    """The time of forward and backward together; None where one of them was not taken."""
    forward, backward = evidence.forward_seconds, evidence.backward_seconds
    return None if forward is None or backward is None else forward + backward


def _named(evidence: Evidence, name: str) -> SourceEvidence | None:
    return next((source for source in evidence.sources if source.name == name), None)


def _loss(before: Evidence, after: Evidence) -> str:
    old = before.loss.value if before.loss else None
    new = after.loss.value if after.loss else None
    if old is None or new is None:
        return "loss unknown"
    return "same loss" if _close(old, new) else f"loss changes: {old:.4g} → {new:.4g}"


def _gradient(after: SourceEvidence, before: SourceEvidence | None) -> str:
    """What is different for one source; empty if nothing is."""
    if before is None:
        return f"{after.name} {gets(after.verdict.value)}"
    old, new = before.grad_norm or 0.0, after.grad_norm or 0.0
    if before.verdict is not after.verdict:
        if after.verdict.value == "flows":
            return f"gradient restored: {after.name} |g| {norm(old)} → {norm(new)}"
        return f"{after.name} {gets(after.verdict.value)}"
    if _close(old, new) and _same_slope(before, after):
        return ""
    return f"gradient changes: {after.name} |g| {norm(old)} → {norm(new)}"


def _same_slope(before: SourceEvidence, after: SourceEvidence) -> bool:
    """Equal norms say little; equal slopes along one random direction say nearly all."""
    old, new = before.finite_difference, after.finite_difference
    if old is None or new is None or old.autograd is None or new.autograd is None:
        return True
    return _close(old.autograd, new.autograd)


def _close(left: float, right: float) -> bool:
    return left == right or math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=1e-7)
