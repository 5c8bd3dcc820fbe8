import torch


def rollout_ok(cell, first, targets):
    steps, batch, dim = targets.shape
    out = torch.empty(steps, batch, dim)
    h = first
    for t in range(steps):
        h = cell(first, h)
        out[t] = h
    return (out - targets).pow(2).mean()
