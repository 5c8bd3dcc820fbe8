"""Small numbers that are 0 in the precision of what they are to protect."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    ("cast", "guarded", "precision"),
    [
        ("half()", "(size + 1e-12)", "half"),
        ("to(torch.float16)", "size.clamp(min=1e-8)", "half"),
        ("float()", "(size + 1e-50)", "single"),
    ],
)
def test_a_divisor_that_nothing_keeps_from_zero(cast: str, guarded: str, precision: str) -> None:
    check(f"""
        def direction_loss(pred, wanted):
            v = pred.{cast}
            size = v.norm(dim=-1, keepdim=True)
            unit = v / {guarded}  # want CR304 "is 0 in {precision} precision.*the loss is NaN"
            return 1 - (unit * wanted).sum(-1).mean()
    """)


@pytest.mark.parametrize(
    ("cast", "divisor"),
    [
        ("float()", "(size + 1e-12)"),
        ("half()", "(size + 1e-4)"),
        ("half()", "size.clamp(min=1e-3)"),
        ("float()", "size"),
    ],
)
def test_a_divisor_that_is_kept_from_zero_or_that_nobody_fears_for(cast: str, divisor: str) -> None:
    check(f"""
        def direction_loss(pred, wanted):
            v = pred.{cast}
            size = v.norm(dim=-1, keepdim=True)
            return 1 - (v / {divisor} * wanted).sum(-1).mean()
    """)


def test_the_root_of_what_half_precision_clamps_to_zero() -> None:
    check("""
        def length_loss(pred, wanted):
            square = (pred.half() ** 2).sum(-1).clamp(min=1e-8)
            return (torch.sqrt(square) - wanted).abs().mean()  # want CR301 "square root"
    """)


def test_roots_are_named_as_they_are_written() -> None:
    check("""
        def weight_loss(pred, y):
            square = (pred - y) ** 2
            return square.rsqrt().mean()  # want CR301 "derivative of `rsqrt` is"

        def power_loss(pred, y):
            return ((pred - y) ** 2 ).pow(0.5).mean()  # want CR301 "derivative of this power is"
    """)
