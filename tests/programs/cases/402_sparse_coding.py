import torch
from torch import nn

PENALTIES = {}


def penalty(name):
    def register(function):
        PENALTIES[name] = function
        return function

    return register


@penalty("l1")
def l1(code):
    return code.abs().sum(-1)


@penalty("active")
def active(code):
    """How many units are on."""
    return torch.count_nonzero(code, dim=-1) / code.size(-1)


class SparseCoder(nn.Module):
    def __init__(self, n_in=6, units=10, strength=0.3, kind="active"):
        super().__init__()
        self.encode = nn.Linear(n_in, units)
        self.decode = nn.Linear(units, n_in)
        self.strength = strength
        self.penalty = PENALTIES[kind]

    def forward(self, x):
        code = torch.relu(self.encode(x) - 0.1)
        return self.decode(code), code

    def objective(self, x):
        rebuilt, code = self(x)
        misfit = (rebuilt - x).square().sum(-1)
        return (misfit + self.strength * self.penalty(code)).mean()
