import math
import torch


def phase_loss(phase, observed, strength):
    turns = torch.remainder(phase - observed + math.pi, 2 * math.pi) - math.pi
    near = torch.floor((phase - observed) / (2 * math.pi) + 0.5)
    again = phase - observed - 2 * math.pi * near
    parity = 1 - 2 * torch.fmod(near.abs(), 2)
    assert torch.allclose(turns.abs(), again.abs(), atol=1e-3)
    return (strength * (1 - turns.cos())).mean() + 0.1 * (parity * again).square().mean()
