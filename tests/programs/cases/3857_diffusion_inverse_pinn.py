import torch
import torch.nn as nn
from torch.autograd import grad


def d(out, inp):
    return grad(out, inp, grad_outputs=torch.ones_like(out), create_graph=True)[0]


class InverseHeat:
    """ u_t = kappa * u_xx, find kappa from observations of u """

    def __init__(self, lr=1e-3):
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.Tanh(),
            nn.Linear(16, 16), nn.Tanh(),
            nn.Linear(16, 1),
        ).double()
        self.kappa = torch.tensor([0.5], requires_grad=True).double()
        self.iter = 0

    def net_u(self, x, t):
        return self.net(torch.cat([x, t], dim=1))

    def net_f(self, x, t):
        u = self.net_u(x, t)
        u_t = d(u, t)
        u_xx = d(d(u, x), x)
        return u_t - self.kappa * u_xx

    def total_loss(self, x, t, u_obs):
        x = x.clone().requires_grad_(True)
        t = t.clone().requires_grad_(True)
        loss_u = torch.mean((u_obs - self.net_u(x, t)) ** 2)
        loss_f = torch.mean(self.net_f(x, t) ** 2)
        self.iter += 1
        return loss_u + loss_f
