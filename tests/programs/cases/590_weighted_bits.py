import torch
from torch import nn


class BitPlanner(nn.Module):
    def __init__(self, layers=4):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(layers, 3))
        self.register_buffer("bits", torch.tensor([2.0, 4.0, 8.0]))

    def plan(self):
        p = self.logits.softmax(-1)
        choice = torch.multinomial(p, 1).squeeze(-1)
        return self.bits[choice]

    def loss(self, sizes, error):
        b = self.plan()
        return (b * sizes).sum() + (error * torch.exp2(-b)).sum()
