import math
from functools import partial

import torch
from torch import nn


def normalise(log_plan, dim, log_mass):
    """Makes the plan sum to the given mass along one axis."""
    log_plan -= torch.logsumexp(log_plan, dim=dim, keepdim=True)
    log_plan += log_mass
    return log_plan


class SetMatching(nn.Module):
    """Entropic optimal transport between predicted slots and object descriptors."""

    def __init__(self, epsilon=0.2, rounds=4):
        super().__init__()
        self.epsilon = epsilon
        self.rounds = rounds

    def plan(self, distance):
        n, m = distance.shape[-2:]
        rows = partial(normalise, dim=-1, log_mass=-math.log(n))
        columns = partial(normalise, dim=-2, log_mass=-math.log(m))
        log_plan = -distance / self.epsilon
        for _ in range(self.rounds):
            log_plan = columns(rows(log_plan))
        return log_plan.exp()

    def cost(self, slots, objects):
        distance = (slots.unsqueeze(-2) - objects.unsqueeze(-3)).square().sum(-1)
        return (self.plan(distance) * distance).sum((-1, -2)).mean()
