import torch
import torch.nn as nn
import torch.nn.functional as F


class NodePool(nn.Module):
    def __init__(self, dim, ratio=0.5):
        super().__init__()
        self.score = nn.Linear(dim, 1)
        self.ratio = ratio

    def forward(self, x, adj):
        score = torch.tanh(self.score(x)).squeeze(-1)
        k = max(1, int(self.ratio * x.size(0)))
        _, perm = torch.topk(score, k)
        return x[perm], adj[perm][:, perm], perm


class SubgraphTrainer:
    def __init__(self, dim=4, classes=2, lr=0.01):
        self.node_pool = NodePool(dim)
        self.readout = nn.Linear(dim, classes)
        self.optimizer = torch.optim.Adam([{"params": self.node_pool.parameters(), "lr": lr}])

    def step(self, x, adj, y):
        self.optimizer.zero_grad()
        x, adj, perm = self.node_pool(x, adj)
        h = F.relu(adj @ x + x)
        loss = F.cross_entropy(self.readout(h.mean(0, keepdim=True)), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()
