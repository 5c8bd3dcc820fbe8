from collections.abc import Callable

import torch
from torch import Tensor

TERMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {}


def term(name):
    def add(fn):
        TERMS[name] = fn
        return fn

    return add


@term("sdf")
def truncated(field, surface, band=0.8):
    return (field.clamp(-band, band) - surface.clamp(-band, band)).abs().mean()


@term("occupancy")
def occupancy(field, surface):
    inside = (surface < 0).to(field.dtype)
    return torch.nn.functional.binary_cross_entropy_with_logits(-field, inside)


def build(name, field, surface):
    value = TERMS[name](field, surface)
    if torch.isnan(value):
        raise FloatingPointError(f"{name} is not a number")
    return value
