import torch
from torch import nn
import torch.nn.functional as F


class LaneSmoother(nn.Module):
    def __init__(self, lane):
        super().__init__()
        self.register_buffer("lane", lane)
        self.nodes = nn.Parameter(lane.clone())

    def bend(self):
        step = self.nodes[1:] - self.nodes[:-1]
        cosine = F.cosine_similarity(step[:-1], step[1:], dim=-1)
        return torch.acos(torch.clamp(cosine, -1.0, 1.0))

    def energy(self, lam=0.1):
        return (self.nodes - self.lane).square().sum() + lam * self.bend().square().sum()
