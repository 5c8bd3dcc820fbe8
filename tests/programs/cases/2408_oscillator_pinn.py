import torch
import torch.nn as nn


class FCN(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, t):
        t = t.clone().detach()
        return self.net(2 * t - 1)


def residual(pinn, t, mu=4.0, k=400.0):
    t = t.requires_grad_(True)
    u = pinn(t)
    dudt = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
    d2udt2 = torch.autograd.grad(dudt, t, torch.ones_like(dudt), create_graph=True)[0]
    return d2udt2 + mu * dudt + k * u


def closure(pinn, t_phys, t_obs, u_obs):
    data = (pinn(t_obs) - u_obs).square().mean()
    physics = residual(pinn, t_phys).square().mean()
    return data + 1e-4 * physics
