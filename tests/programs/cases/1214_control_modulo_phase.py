import math

import torch


def wrap(angle):
    """Into [-pi, pi)."""
    return torch.remainder(angle + math.pi, 2 * math.pi) - math.pi


def phase_loss(angle, reference):
    turns = torch.round((angle - reference) / (2 * math.pi))
    near = angle - reference - 2 * math.pi * turns
    return wrap(angle - reference).pow(2).mean() + near.abs().mean()
