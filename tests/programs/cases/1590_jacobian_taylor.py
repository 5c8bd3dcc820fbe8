import torch
from torch import nn
from torch.autograd.functional import jacobian

net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))


def g(x):
    return net(x.view(-1, 1)).sum()


def g_prime(a):
    return jacobian(g, a)


def taylor_loss(x, y, a):
    # first order expansion around a, both a and the net are fitted
    approx = g(a) + g_prime(a) * (x - a)
    return ((approx - y) ** 2).mean()
