import torch
from torch import nn


def fold_error(model, parts):
    criterion = nn.SmoothL1Loss()
    losses = []
    for x, y in parts:
        losses.append(criterion(model(x), y))
    average = torch.stack(losses).mean()
    average = torch.autograd.Variable(average.data, requires_grad=True)
    return average
