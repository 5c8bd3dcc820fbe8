import math

import torch


def principal(d):
    turns = torch.round(d / (2 * math.pi))
    return d - 2 * math.pi * turns


def phase_loss(pred, ref):
    return (1 - torch.cos(pred - ref)).mean() + 0.1 * principal(pred - ref).pow(2).mean()
