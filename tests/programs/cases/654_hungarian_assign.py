import torch
from scipy.optimize import linear_sum_assignment
from torch import nn


class SetLoss(nn.Module):
    def forward(self, pred, gt):
        cost = torch.cdist(pred, gt)
        rows, cols = linear_sum_assignment(cost.detach().cpu().numpy())
        rows = torch.as_tensor(rows)
        cols = torch.as_tensor(cols)
        return cost[rows, cols].mean()
