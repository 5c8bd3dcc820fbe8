import torch
import torch.nn.functional as F


def ewc(net, anchor, importance):
    total = 0.0
    for name, value in net.state_dict().items():
        total = total + (importance[name] * (value - anchor[name]) ** 2).sum()
    return total


def continual_loss(net, x, y, anchor, importance, lam=5.0):
    return F.cross_entropy(net(x), y) + lam * ewc(net, anchor, importance)
