import torch
from torch import nn
import torch.nn.functional as F


class PrototypicalLoss(nn.Module):
    def __init__(self, shots=2):
        super().__init__()
        self.shots = shots

    def forward(self, emb, y):
        classes, where = torch.unique(y, return_inverse=True)
        support, query, goal = [], [], []
        for c in range(len(classes)):
            idx = (where == c).nonzero().squeeze(1)
            support.append(emb[idx[: self.shots]].mean(0))
            query.append(emb[idx[self.shots:]])
            goal.extend([c] * (len(idx) - self.shots))
        d = torch.cdist(torch.cat(query), torch.stack(support)).square()
        return F.cross_entropy(-d, torch.tensor(goal))
