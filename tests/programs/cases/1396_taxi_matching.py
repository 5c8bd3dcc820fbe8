import torch
from scipy.optimize import linear_sum_assignment
from torch import nn


class MatchLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(2, 2)

    def assign(self, cabs, riders):
        cost = torch.cdist(self.embed(cabs), self.embed(riders))
        cost = cost.detach().cpu().numpy()
        row, col = linear_sum_assignment(cost)
        return cost[row, col]

    def forward(self, cabs, riders, actual):
        paid = torch.as_tensor(self.assign(cabs, riders))
        return (paid - actual).abs().mean()
