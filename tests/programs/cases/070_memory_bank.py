import torch
from torch import nn
import torch.nn.functional as F


class ProtoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 3)

    def episode(self, support, labels, query, y):
        feats = self.enc(support).detach()
        protos = []
        for c in labels.unique():
            protos.append(feats[labels == c].mean(0))
        protos = torch.stack(protos)
        q = self.enc(query).data
        dist = torch.cdist(q, protos)
        return F.cross_entropy(-dist, y)
