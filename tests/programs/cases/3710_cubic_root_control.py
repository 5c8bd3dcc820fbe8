import torch

DELTA = 6 / 29


def f(t):
    cube = t.clamp(min=DELTA ** 3).pow(1 / 3)
    line = t / (3 * DELTA ** 2) + 4 / 29
    return torch.where(t > DELTA ** 3, cube, line)


def lab_loss(pred, target):
    return (f(pred) - f(target)).square().mean()
