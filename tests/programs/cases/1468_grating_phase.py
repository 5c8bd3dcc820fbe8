import math

import torch


def sawtooth(x, pitch):
    cycles = x / pitch
    return cycles - torch.floor(cycles)


def grating_loss(pitch, phase, x, groove):
    depth = sawtooth(x + phase, pitch)
    angle = torch.remainder(phase, 2 * math.pi)
    wrapped = torch.where(angle > math.pi, angle - 2 * math.pi, angle)
    mirrored = 2 * (depth - torch.round(depth)).abs()
    return (mirrored - groove).square().mean() + 0.01 * wrapped.square()
