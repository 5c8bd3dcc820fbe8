import torch
from torch import nn


def diff(y, xs):
    for x in xs:
        y = torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]
    return y


class RodPinn(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 10), nn.Tanh(), nn.Linear(10, 1))
        self.log_alpha = nn.Parameter(torch.tensor(-1.0))

    def loss(self, x, t, x0, u0):
        x, t = x.clone().requires_grad_(), t.clone().requires_grad_()
        u = self.net(torch.cat([x, t], dim=1))
        residual = diff(u, [t]) - self.log_alpha.exp() * diff(u, [x, x])
        physics = nn.functional.mse_loss(residual, torch.zeros_like(residual))
        start = nn.functional.mse_loss(self.net(torch.cat([x0, torch.zeros_like(x0)], 1)), u0)
        balance = (start.detach() / (physics.detach() + 1e-8)).clamp(0.1, 10)
        return start + balance * physics
