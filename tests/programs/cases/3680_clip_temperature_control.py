import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class TwoTower(nn.Module):
    LIMIT = np.log(100)

    def __init__(self, d_query=6, d_item=4, width=8, temperature=0.05):
        super().__init__()
        self.q = nn.Linear(d_query, width, bias=False)
        self.i = nn.Linear(d_item, width, bias=False)
        self.log_temperature = nn.Parameter(torch.ones([]) * np.log(1 / temperature))

    def forward(self, queries, items):
        scale = self.log_temperature.clamp(0, self.LIMIT).exp()
        scores = scale * F.normalize(self.q(queries), dim=-1) @ F.normalize(self.i(items), dim=-1).T
        own = torch.arange(len(scores))
        return F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)
