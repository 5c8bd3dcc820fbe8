import math

import torch

TWO_PI = 2 * math.pi


def wrap(phase):
    """to [0, 2 pi)"""
    turns = phase // TWO_PI
    return phase - TWO_PI * turns


def fringe_loss(phase, measured, visibility=0.8):
    residual = wrap(phase) - wrap(measured)
    fringe = visibility * (torch.cos(phase) - torch.cos(measured))
    return residual.abs().mean() + fringe.pow(2).mean()
