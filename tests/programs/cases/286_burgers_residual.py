import torch
from torch import nn


class Burgers(nn.Module):
    def __init__(self, hidden=6):
        super().__init__()
        self.field = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.nu = nn.Parameter(torch.tensor(0.05))

    @staticmethod
    def partial(f, wrt):
        return torch.autograd.grad(f.sum(), wrt, create_graph=True)[0]

    def residual_loss(self, x, t):
        x, t = x.detach().requires_grad_(), t.detach().requires_grad_()
        u = self.field(torch.cat([x, t], dim=1))
        u_x, u_t = self.partial(u, x), self.partial(u, t)
        u_xx = self.partial(u_x, x)
        return (u_t + u * u_x - self.nu * u_xx).square().mean()
