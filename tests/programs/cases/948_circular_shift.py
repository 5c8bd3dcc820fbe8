import math
import torch


def to_unit_cycle(phase):
    turns = phase / (2 * math.pi)
    return turns - turns.floor()


def phase_lock_loss(phase, clock):
    cycle = to_unit_cycle(phase)
    gap = torch.fmod(cycle - clock + 1.5, 1.0) - 0.5
    return gap.abs().mean()
