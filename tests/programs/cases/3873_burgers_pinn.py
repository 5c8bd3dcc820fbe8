import math
import torch
import torch.nn as nn


class BurgersPINN(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))
        self.lambda_2 = nn.Parameter(torch.tensor(math.log(0.01 / math.pi)))
        self.history = []

    @staticmethod
    def gradients(y, x):
        return torch.autograd.grad(y, x, torch.ones_like(y), retain_graph=True, create_graph=True)[0]

    def residual(self, x, t):
        x = x.detach().clone().requires_grad_(True)
        t = t.detach().clone().requires_grad_(True)
        u = self.net(torch.cat([x, t], 1))
        u_t = self.gradients(u, t)
        u_x = self.gradients(u, x)
        u_xx = self.gradients(u_x, x)
        return u_t + u * u_x - torch.exp(self.lambda_2) * u_xx

    def loss(self, x_f, t_f, x_b, u_b):
        mse_u = (self.net(x_b) - u_b).square().mean()
        f = self.residual(x_f, t_f)
        mse_f = (f / f.abs().detach().max()).square().mean()
        self.history.append((mse_u.item(), mse_f.item(), float(self.lambda_2)))
        return mse_u + mse_f
