import torch
from torch import nn


class AttnPool(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.score = nn.Linear(d, 1)

    def pool(self, tokens, mask):
        s = self.score(tokens).squeeze(-1)
        bias = torch.zeros_like(s)
        bias[~mask] = -torch.inf
        w = torch.softmax(s + bias, dim=1)
        return (w.unsqueeze(-1) * tokens).sum(1)

    def loss(self, tokens, mask, y):
        pooled = self.pool(tokens, mask).mean(-1)
        keep = mask.any(dim=1)
        return (pooled - y)[keep].pow(2).mean()
