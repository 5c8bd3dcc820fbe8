import math
import torch
from torch import nn


class CartPole(nn.Module):
    """A differentiable simulator that a controller is trained through."""

    def __init__(self, ic=(0.0, 0.1, 0.2, 0.0), dt=0.05):
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        self.ic, self.dt = ic, dt
        self.m, self.M, self.l, self.g = 0.1, 1.0, 0.5, 9.8

    def dynamics(self, state, force):
        x, dx, th, dth = state
        s, c = math.sin(th), math.cos(th)
        total = self.m + self.M
        tmp = (force + self.m * self.l * dth ** 2 * s) / total
        ddth = (self.g * s - c * tmp) / (self.l * (4 / 3 - self.m * c ** 2 / total))
        ddx = tmp - self.m * self.l * ddth * c / total
        return torch.tensor([dx, ddx, dth, ddth])

    def rollout_cost(self, steps):
        state = torch.tensor(self.ic)
        cost = 0.0
        for _ in range(steps):
            force = self.policy(state).squeeze()
            state = state + self.dt * self.dynamics(state, force)
            cost = cost + state[2] ** 2 + 0.1 * state[0] ** 2
        return cost / steps
