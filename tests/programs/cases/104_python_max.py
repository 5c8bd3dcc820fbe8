import torch
from torch import nn


class BudgetLoss(nn.Module):
    def __init__(self, budget=3.0):
        super().__init__()
        self.budget = budget
        self.register_buffer("flops", torch.arange(1.0, 7.0))

    def forward(self, gates):
        cost = (gates * self.flops).sum()
        return max(torch.zeros(()), cost - self.budget)
