import torch
import torch.nn as nn


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(5, 1)
        self.out = nn.Linear(5, 1)

    def forward(self, x, keep, y):
        scores = self.query(x).squeeze(-1)
        scores = scores.masked_fill(~keep, float("-inf"))
        alive = keep.any(dim=1)
        weights = torch.softmax(scores[alive], dim=-1)
        pooled = (weights.unsqueeze(-1) * x[alive]).sum(dim=1)
        return (self.out(pooled).squeeze(-1) - y[alive]).pow(2).mean()
