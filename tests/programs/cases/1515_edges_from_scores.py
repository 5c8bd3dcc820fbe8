import torch
from torch import nn
import torch.nn.functional as F


class LinkGNN(nn.Module):
    """Learns which nodes to connect, then runs one round of messages."""

    def __init__(self, d=4, hidden=6, thr=0.5):
        super().__init__()
        self.score = nn.Linear(d, d, bias=False)
        self.lin = nn.Linear(d, hidden)
        self.out = nn.Linear(hidden, 2)
        self.thr = thr

    def build_graph(self, x):
        prob = torch.sigmoid(self.score(x) @ x.t())
        edge_index = (prob > self.thr).nonzero(as_tuple=False).t()
        return edge_index

    def propagate(self, x, edge_index):
        src, dst = edge_index
        out = torch.zeros_like(x)
        return out.index_add(0, dst, x[src])

    def forward(self, x, y):
        edge_index = self.build_graph(x)
        h = F.relu(self.lin(x))
        h = h + self.propagate(h, edge_index)
        return F.cross_entropy(self.out(h), y)
