import torch


def direction(x, control):
    return torch.sign(x - control)


def direction_loss(pred, y, control, groups, lam=0.1):
    """Expression loss plus agreement of the up/down regulation per perturbation."""
    total = 0.0
    for g in groups.unique():
        rows = groups == g
        total = total + (direction(y[rows], control) - direction(pred[rows], control)).pow(2).mean()
    return lam * total / len(groups.unique())
