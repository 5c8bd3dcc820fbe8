import torch
from torch import nn
import torch.nn.functional as F


class LeakyCell(nn.Module):
    def __init__(self, beta=0.9):
        super().__init__()
        self.beta = beta
        self.mem = None

    def reset(self):
        self.mem = None

    def forward(self, cur):
        if self.mem is None:
            self.mem = torch.zeros_like(cur)
        self.mem = self.beta * self.mem + cur
        spk = torch.sigmoid(10 * (self.mem - 1.0))
        self.mem = self.mem - spk
        return spk, self.mem


class SpikingNet(nn.Module):
    def __init__(self, steps=3):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(5, 6), LeakyCell()
        self.fc2, self.lif2 = nn.Linear(6, 3), LeakyCell()
        self.steps = steps

    def forward(self, x):
        mem_rec = []
        for _ in range(self.steps):
            spk1, _ = self.lif1(self.fc1(x))
            spk2, mem2 = self.lif2(self.fc2(spk1))
            mem_rec.append(mem2)
        return torch.stack(mem_rec)

    def step(self, x, targets):
        mem_rec = self(x)
        return sum(F.cross_entropy(mem, targets) for mem in mem_rec)
