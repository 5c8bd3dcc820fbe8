import torch
from torch import nn


class Sdf(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 16), nn.Softplus(beta=10), nn.Linear(16, 1))

    def normals(self, p):
        p = p.detach().clone().requires_grad_(True)
        d = self.net(p)
        n = torch.autograd.grad(d.sum(), p, create_graph=True)[0]
        return d, n

    def loss(self, surface, normal):
        d, n = self.normals(surface)
        eik = (n.norm(dim=-1) - 1).square().mean()
        return d.abs().mean() + 0.1 * eik + (n - normal).abs().mean()
