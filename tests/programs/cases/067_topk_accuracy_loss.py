import torch
from torch import nn


class Ranker(nn.Module):
    def __init__(self, k=2):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.k = k

    def training_step(self, batch, batch_idx):
        scores = self.net(batch["x"])
        _, top = scores.topk(self.k, dim=1)
        hits = top.eq(batch["y"].unsqueeze(1))
        return 1 - hits.any(dim=1).float().mean()
