import torch
from torch import nn
from torch.func import jvp


class VelocityFlow(nn.Module):
    """Average velocity between two times; the target holds the derivative along the path."""

    def __init__(self, dim=4, p=1.0, c=1e-2):
        super().__init__()
        self.net = nn.Linear(dim + 2, dim)
        self.p, self.c = p, c

    def u(self, z, r, t):
        return torch.tanh(self.net(torch.cat([z, r, t], dim=-1)))

    def loss(self, x):
        e = torch.randn_like(x)
        t = torch.rand(len(x), 1)
        r = t * torch.rand(len(x), 1)
        z = (1 - t) * x + t * e
        v = e - x
        u, dudt = jvp(self.u, (z, r, t), (v, torch.zeros_like(r), torch.ones_like(t)))
        target = (v - (t - r) * dudt).detach()
        delta_sq = (u - target).pow(2).mean(dim=-1)
        w = 1 / (delta_sq.detach() + self.c).pow(self.p)
        loss_ref = ((u.detach() - target) ** 2).mean()
        self.log = {"ref": loss_ref.item()}
        return (w * delta_sq).mean()
