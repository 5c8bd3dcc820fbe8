"""Arguments whose value changes what an operator does to a gradient."""

from __future__ import annotations

from typing import NamedTuple

from chainrule.gradient_facts.operators import Condition, Gradient, Output, Reason


class Conditional(NamedTuple):
    condition: Condition
    evidence: str
    """As in `Fact`."""


def _when(argument: str, value: str, gradient: Gradient, reason: Reason) -> Condition:
    return Condition(argument, value, (Output("result", gradient, reason=reason),))


def _rounding(name: str, value: str) -> Conditional:
    return Conditional(
        _when("rounding_mode", value, Gradient.ZERO, Reason.ROUNDING),
        f"torch.{name}(x, y, rounding_mode={value})",
    )


_NORM_ZERO = {
    "norm": ("p", "torch.norm(x, p=0)"),
    "linalg.norm": ("ord", "torch.linalg.norm(x, ord=0)"),
    "linalg.vector_norm": ("ord", "torch.linalg.vector_norm(x, ord=0)"),
    "dist": ("p", "torch.dist(x, y, p=0)"),
}
_IMAGE = "torch.nn.functional.grid_sample(image, grid, align_corners=False, mode='nearest')"

CONDITIONS: dict[str, tuple[Conditional, ...]] = {
    **{name: (_rounding(name, "'floor'"), _rounding(name, "'trunc'")) for name in ("div", "divide")},
    **{
        name: (Conditional(_when(argument, "0", Gradient.ZERO, Reason.NONDIFFERENTIABLE), evidence),)
        for name, (argument, evidence) in _NORM_ZERO.items()
    },
    "nn.functional.grid_sample": (
        Conditional(
            Condition("mode", "'nearest'", (Output("result", Gradient.FLOWS),), zero=frozenset({"grid"})),
            _IMAGE,
        ),
    ),
}
