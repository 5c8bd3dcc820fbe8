import torch
from torch import nn
import torch.nn.functional as F


class Memory:
    def __init__(self, slots=6, d=8):
        self.keys = torch.randn(slots, d)
        self.cursor = 0

    def write(self, items):
        for item in items.detach():
            self.keys[self.cursor % len(self.keys)] = item
            self.cursor += 1


class Reader(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.q = nn.Linear(d, d)
        self.values = nn.Parameter(torch.randn(6, 4))
        self.memory = Memory(d=d)

    def loss(self, x, y):
        attn = torch.einsum("btd,kd->btk", self.q(x), self.memory.keys).softmax(-1)
        read = attn @ self.values
        self.memory.write(x[:, 0])
        return F.mse_loss(read, y)
