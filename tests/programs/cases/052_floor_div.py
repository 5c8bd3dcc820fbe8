import math

import torch

TWO_PI = 2 * math.pi


def unwrap(phase):
    turns = phase // TWO_PI
    return phase - turns * TWO_PI


def phase_loss(phase, ref):
    return 1 - torch.cos(unwrap(phase) - ref).mean()
