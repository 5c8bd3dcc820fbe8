"""A `backward` that changes the gradient it is given, and those that change their own copy."""

from __future__ import annotations

import pytest

from flow.checking import check

FUNCTION = """
    class Clip(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            {body}

    def loss(pred, target):
        return F.mse_loss(Clip.apply(pred), target)
"""
EDITS = {
    "operator": ("grad *= (x > 0)  # want CR605 'in place'", "return grad"),
    "item": ("grad[x < 0] = 0  # want CR605 'in place'", "return grad"),
    "method": ("return grad.mul_(x > 0)  # want CR605 'in place'",),
    "name": ("kept = grad", "kept[x < 0] = 0  # want CR605 'in place'", "return kept"),
    "view": ("flat = grad.view(-1)", "flat[x.view(-1) < 0] = 0  # want CR605 'in place'", "return grad"),
    "made": ("result = grad.masked_fill_(x < 0, 0)  # want CR605 'in place'", "return result"),
}
COPIES = {
    "clone": ("kept = grad.clone()", "kept[x < 0] = 0", "return kept"),
    "bound anew": ("grad = grad * 2", "grad *= (x > 0)", "return grad"),
    "product": ("kept = grad * (x > 0)", "kept.mul_(0.5)", "return kept"),
    "other": ("mask = x.clone()", "mask[x < 0] = 0", "mask[x > 0] = 1", "return grad * mask"),
    "read": ("scale = torch.zeros_like(x)", "scale[x > 0] = grad[x > 0]", "return scale"),
}


@pytest.mark.parametrize("body", EDITS.values(), ids=EDITS)
def test_the_gradient_is_changed(body: tuple[str, ...]) -> None:
    check(FUNCTION.format(body="\n            ".join(body)).replace("'in place'", '"in place"'))


@pytest.mark.parametrize("body", COPIES.values(), ids=COPIES)
def test_a_copy_is_changed(body: tuple[str, ...]) -> None:
    check(FUNCTION.format(body="\n            ".join(body)))
