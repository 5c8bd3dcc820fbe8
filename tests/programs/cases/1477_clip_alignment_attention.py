import torch
from torch import nn
import torch.nn.functional as F


class ContrastAttention(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.backbone = nn.Linear(6, d)
        self.x_mapping, self.n_mapping = nn.Linear(d, d), nn.Linear(d, d)
        self.att_net = nn.Linear(d, 1)

    def align(self, x, neighbor):
        x_att = self.x_mapping(x.detach())
        n_att = self.n_mapping(neighbor.detach())
        contrastive_att = torch.sigmoid(self.att_net(x_att * n_att))
        return neighbor * contrastive_att

    def loss(self, clip, person):
        feature = self.backbone(clip)
        neighbor = feature.roll(1, dims=1)
        pooled = (feature + self.align(feature, neighbor)).mean(dim=1)
        return F.cross_entropy(pooled, person)
