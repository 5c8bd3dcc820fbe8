"""Trajectory planning: only the worst violated constraint is penalised."""

from functools import reduce
from typing import Callable, NamedTuple

import torch


class Constraint(NamedTuple):
    name: str
    violation: Callable[[torch.Tensor], torch.Tensor]


def keep_out(centre, radius):
    return lambda plan: (radius - (plan - centre).norm(dim=-1)).max()


def speed_limit(limit):
    return lambda plan: (plan.diff(dim=0).norm(dim=-1) - limit).max()


CONSTRAINTS = [
    Constraint("tree", keep_out(torch.tensor([2.0, 2.0]), 0.5)),
    Constraint("speed", speed_limit(1.5)),
]


class SafeController:
    def __init__(self, constraints=CONSTRAINTS, weight=10.0):
        self.constraints = constraints
        self.weight = weight

    def worst(self, plan):
        values = [c.violation(plan) for c in self.constraints]
        return reduce(max, values, torch.tensor(0.0))

    def objective(self, plan):
        return self.weight * self.worst(plan)
