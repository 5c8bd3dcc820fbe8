import torch
import torch.nn.functional as F
from torch import nn


class LowRankAdapter(nn.Module):
    def __init__(self, width=6, n_labels=4, rank=2):
        super().__init__()
        self.base = nn.Linear(width, n_labels)
        self.base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, width) * 0.1)
        self.up = nn.Parameter(torch.randn(n_labels, rank) * 0.1)

    def merged(self):
        layer = nn.Linear(self.base.in_features, self.base.out_features)
        layer.weight = nn.Parameter(self.base.weight + self.up @ self.down)
        layer.bias = self.base.bias
        return layer

    def objective(self, tokens, labels):
        return F.cross_entropy(self.merged()(tokens), labels)
