import torch
from torch import nn


class PrototypeTracker(nn.Module):
    def __init__(self, kinds=3, d=4, momentum=0.9):
        super().__init__()
        self.embed = nn.Linear(5, d)
        self.momentum = momentum
        self.register_buffer("proto", torch.zeros(kinds, d))

    def refresh(self, z, kind):
        fresh = self.proto.clone()
        for k in kind.unique():
            mean = z[kind == k].mean(dim=0)
            fresh[k] = self.momentum * self.proto[k] + (1 - self.momentum) * mean
        return fresh

    def compactness(self, parcel, kind):
        z = self.embed(parcel).data
        proto = self.refresh(z, kind)
        spread = (z - proto[kind]).pow(2).sum(dim=-1)
        gap = torch.pdist(proto).clamp(max=3.0)
        return spread.mean() - 0.1 * gap.mean()
