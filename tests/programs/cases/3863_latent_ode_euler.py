import torch
import torch.nn as nn


class ODEFunc(nn.Module):
    def __init__(self, dim=2, hidden=20):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, hidden), nn.Tanh(), nn.Linear(hidden, dim))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t, y):
        return self.net(y ** 3)


class ODEModel(nn.Module):
    def __init__(self, dt=0.05):
        super().__init__()
        self.func = ODEFunc()
        self.dt = dt

    def euler(self, y0, t):
        sol = torch.empty(len(t), *y0.shape)
        sol[0] = y0
        for i in range(len(t) - 1):
            y = sol[i]
            dy = self.func(t[i], y)
            sol[i + 1] = y + self.dt * dy
        return sol

    def loss(self, y0, observed):
        t = torch.arange(observed.size(0)) * self.dt
        pred = self.euler(y0, t)
        return torch.mean(torch.abs(pred - observed))
