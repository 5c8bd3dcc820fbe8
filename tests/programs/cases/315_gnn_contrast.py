import torch
import torch.nn.functional as F
from torch import nn


class GraphInfoMax(nn.Module):
    """Deep Graph Infomax: node states against the summary of their graph."""

    def __init__(self, n_in=3, width=4):
        super().__init__()
        self.message = nn.Linear(n_in, width)
        self.critic = nn.Bilinear(width, width, 1)

    def encode(self, nodes, edge_index):
        source, sink = edge_index
        sent = self.message(nodes)[source]
        pooled = torch.zeros(len(nodes), sent.shape[1]).index_add(0, sink, sent)
        degree = torch.bincount(sink, minlength=len(nodes)).clamp(min=1)
        return torch.tanh(pooled / degree[:, None])

    def bound(self, nodes, edge_index):
        real = self.encode(nodes, edge_index)
        fake = self.encode(nodes[torch.randperm(len(nodes))], edge_index)
        summary = torch.sigmoid(real.mean(0)).expand_as(real).contiguous()
        positive, negative = self.critic(real, summary), self.critic(fake, summary)
        return F.softplus(-positive).mean() + F.softplus(negative).mean()
