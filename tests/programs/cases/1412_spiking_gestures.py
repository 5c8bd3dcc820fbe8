import torch
from torch import nn
import torch.nn.functional as F


class Leaky(nn.Module):
    def __init__(self, beta=0.8, slope=5.0):
        super().__init__()
        self.beta, self.slope = beta, slope
        self.mem = torch.zeros(1)

    def reset(self):
        self.mem = torch.zeros(1)

    def forward(self, current):
        self.mem = self.beta * self.mem + current
        return torch.sigmoid(self.slope * (self.mem - 1.0))


class SpikingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.lif, self.head = nn.Linear(5, 4), Leaky(), nn.Linear(4, 2)

    def step(self, frames, label, num_steps=3):
        record = []
        for _ in range(num_steps):
            record.append(self.head(self.lif(self.fc(frames))))
        return F.cross_entropy(torch.stack(record).sum(0), label)
