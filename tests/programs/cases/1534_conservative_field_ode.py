import torch
from torch import nn


class Potential(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))

    def my_func(self, x):
        return self.net(x)

    def forward(self, t, x):
        with torch.enable_grad():
            x = x.clone().requires_grad_(True)
            y = self.my_func(x)
            dy = torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]
        return dy


@torch.no_grad()
def euler(func, y0, t):
    ys = [y0]
    for t0, t1 in zip(t[:-1], t[1:]):
        ys.append(ys[-1] + (t1 - t0) * func(t0, ys[-1]))
    return torch.stack(ys)


def train_loss(func, y0, t, traj):
    pred = euler(func, y0, t)
    return torch.mean(torch.abs(pred - traj))
