import torch


def directions(path):
    step = path[1:] - path[:-1]
    length = step.abs().sum(-1, keepdim=True)
    unit = step / length
    return torch.where(length > 0, unit, torch.zeros_like(step))


def heading_loss(path, wind):
    return (1 - (directions(path) * wind).sum(-1)).mean()
