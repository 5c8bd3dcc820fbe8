import torch


def rollout_loss(cell, first, targets):
    steps, batch, dim = targets.shape
    history = torch.zeros(steps + 1, batch, dim)
    history[0] = first
    loss = 0.0
    for t in range(steps):
        history[t + 1] = cell(first, history[t])
        loss = loss + (history[t + 1] - targets[t]).pow(2).mean()
    return loss / steps
