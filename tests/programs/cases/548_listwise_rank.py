import torch
from torch import nn


class ListwiseRank(nn.Module):
    def positions(self, scores):
        order = torch.argsort(scores, dim=-1, descending=True)
        return torch.argsort(order, dim=-1)

    def forward(self, scores, relevance):
        rank = self.positions(scores).float() + 1.0
        dcg = ((2 ** relevance - 1) / torch.log2(rank + 1)).sum(-1)
        return -dcg.mean()
