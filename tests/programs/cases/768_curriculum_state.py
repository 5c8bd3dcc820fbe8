import torch
from torch import nn


class Tracker(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.update = nn.Linear(2 * d, d)
        self.register_buffer("memory", torch.zeros(d))

    def loss(self, obs, truth):
        joined = torch.cat([self.memory, obs])
        self.memory = torch.tanh(self.update(joined))
        return (self.memory - truth).pow(2).mean()
