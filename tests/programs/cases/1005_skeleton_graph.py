import torch
from torch import nn
import torch.nn.functional as F


class AdaptiveGraphConv(nn.Module):
    def __init__(self, channels=6, inner=4, classes=3):
        super().__init__()
        self.phi = nn.Linear(channels, inner)
        self.theta = nn.Linear(channels, inner)
        self.lin = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, classes)

    def forward(self, joints):
        scores = self.phi(joints) @ self.theta(joints).transpose(1, 2)
        adj = F.softmax(scores / scores.size(-1), dim=-1)
        adj = adj.detach()
        h = F.relu(adj @ self.lin(joints)) + joints
        return self.out(h.mean(1))

    def loss(self, joints, action):
        return F.cross_entropy(self(joints), action)
