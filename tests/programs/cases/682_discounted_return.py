import torch
from torch import nn


class Planner(nn.Module):
    def __init__(self, gamma=0.9):
        super().__init__()
        self.reward = nn.Linear(4, 1)
        self.gamma = gamma

    def value(self, states):
        total = 0.0
        for k, s in enumerate(states):
            total += self.gamma ** k * self.reward(s).item()
        return total

    def loss(self, good, bad):
        gap = self.value(good) - self.value(bad)
        return torch.nn.functional.softplus(torch.tensor(-gap))
