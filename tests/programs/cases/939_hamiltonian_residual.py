import torch
from torch import nn
from torch.autograd import grad


class Hnn(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.n = n
        self.h = nn.Sequential(nn.Linear(2 * n, 8), nn.Tanh(), nn.Linear(8, 1))

    def field(self, state):
        state = state.requires_grad_()
        energy = self.h(state).sum()
        dh = grad(energy, state, retain_graph=True)[0]
        dq, dp = dh.split(self.n, dim=-1)
        return torch.cat([dp, -dq], dim=-1)

    def loss(self, state, velocity):
        return torch.nn.functional.mse_loss(self.field(state), velocity)
