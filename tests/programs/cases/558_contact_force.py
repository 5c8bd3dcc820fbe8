import torch
from torch import nn
from torch.autograd import grad


class ContactModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.potential = nn.Sequential(nn.Linear(1, 6), nn.Tanh(), nn.Linear(6, 1))

    def loss(self, dist, energy, force):
        dist = dist.requires_grad_(True)
        e = self.potential(dist)
        f = -grad(e.sum(), dist, retain_graph=True)[0]
        return (e - energy).pow(2).mean() + 10 * (f - force).pow(2).mean()
