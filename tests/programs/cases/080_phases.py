import torch
from torch import nn


def run_phase(net, loader, phase):
    training = phase == "train"
    criterion = nn.HuberLoss()
    losses = []
    for x, y in loader:
        with torch.set_grad_enabled(training):
            loss = criterion(net(x), y)
        losses.append(loss if training else loss.item())
    if training:
        return torch.stack(losses).mean()
    return sum(losses) / len(losses)
