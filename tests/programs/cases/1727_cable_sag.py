import math
from typing import NamedTuple

import torch


class Span(NamedTuple):
    tension: torch.Tensor
    length: float


def sag(span):
    a = span.tension / 9.81
    return math.cosh(span.length / (2 * a + 1)) - 1


def sag_penalty(spans, allowed=0.01):
    over = [(sag(s) - allowed) ** 2 for s in spans]
    return sum(over) / len(over)
