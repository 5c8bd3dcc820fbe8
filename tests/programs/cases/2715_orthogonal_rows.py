import torch
from torch import nn


def build(d_in=5, hidden=6, d_out=2):
    return nn.Sequential(nn.Linear(d_in, hidden), nn.Tanh(), nn.Linear(hidden, d_out))


def gram_deviation(weight):
    g = weight @ weight.t()
    return (g - torch.eye(weight.shape[0])).pow(2).sum()


def regulariser(net):
    total = torch.zeros(())
    for module in net.modules():
        if isinstance(module, nn.Linear):
            total = total + gram_deviation(module.weight.data)
    return total


def objective(net, x, y, strength=0.05):
    fit = nn.functional.mse_loss(net(x), y)
    return fit + strength * regulariser(net)
