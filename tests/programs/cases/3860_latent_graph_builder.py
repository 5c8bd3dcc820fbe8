from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    in_dim: int = 5
    hidden: int = 8
    n_class: int = 2
    cutoff: float = 0.1


class LatentGraphNet(nn.Module):
    """Learn the graph together with the node classifier."""

    def __init__(self, cfg=None):
        super().__init__()
        cfg = cfg or Config()
        self.cutoff = cfg.cutoff
        self.metric = nn.Linear(cfg.in_dim, cfg.hidden)
        self.lin = nn.Linear(cfg.in_dim, cfg.hidden)
        self.out = nn.Linear(cfg.hidden, cfg.n_class)

    def build_graph(self, x):
        emb = F.normalize(self.metric(x), dim=-1)
        sim = emb @ emb.t()
        edge_index = (sim > self.cutoff).nonzero().t()
        return edge_index, sim

    def forward(self, x):
        edge_index, sim = self.build_graph(x)
        src, dst = edge_index
        h = self.lin(x)
        agg = torch.zeros_like(h).index_add(0, dst, h[src])
        deg = torch.bincount(dst, minlength=x.size(0)).clamp(min=1)
        return self.out(F.relu(agg / deg[:, None]))

    def loss(self, x, y):
        return F.cross_entropy(self(x), y)
