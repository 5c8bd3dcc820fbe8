import torch
from torch import nn


class AgeLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("edges", torch.tensor([18.0, 40.0, 65.0]))
        self.register_buffer("weight", torch.tensor([2.0, 1.0, 1.0, 3.0]))

    def forward(self, pred, age):
        w = self.weight[torch.bucketize(age, self.edges)]
        err = pred - age
        big = err.abs() > 10
        each = torch.where(big, 20 * err.abs() - 100, err.square())
        return (w * each).sum() / w.sum()
