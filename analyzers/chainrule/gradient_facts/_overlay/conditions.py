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
        f"torch.Tensor.{name}(x, y, rounding_mode={value})",
    )


# The 0-norm counts: autograd gives None behind a grad_fn.
_COUNTS = {
    "norm": ("p", "torch.norm(x, p=0)"),
    "linalg.norm": ("ord", "torch.linalg.norm(x, ord=0)"),
    "linalg.vector_norm": ("ord", "torch.linalg.vector_norm(x, ord=0)"),
    "nn.functional.pairwise_distance": ("p", "torch.nn.functional.pairwise_distance(m, 2 * m, p=0)"),
}
_DIVISIONS = ("div", "divide", "div_", "divide_")
_IMAGE = "torch.nn.functional.grid_sample(image, grid, align_corners=False, mode='nearest')"


def _count(argument: str, evidence: str, gradient: Gradient = Gradient.CUT) -> tuple[Conditional, ...]:
    return tuple(
        Conditional(_when(argument, value, gradient, Reason.NONDIFFERENTIABLE), evidence)
        for value in ("0", "0.0")
    )


CONDITIONS: dict[str, tuple[Conditional, ...]] = {
    **{name: (_rounding(name, "'floor'"), _rounding(name, "'trunc'")) for name in _DIVISIONS},
    **{name: _count(argument, evidence) for name, (argument, evidence) in _COUNTS.items()},
    "cdist": _count("p", "torch.cdist(m, 2 * m, p=0)", Gradient.ZERO),
    "nn.functional.grid_sample": (
        Conditional(
            Condition("mode", "'nearest'", (Output("result", Gradient.FLOWS),), zero=frozenset({"grid"})),
            _IMAGE,
        ),
    ),
}
