import torch
from torch import nn


class AlignLoss(nn.Module):
    def forward(self, feat, proto):
        d = torch.cdist(feat, proto)
        w = torch.softmax(-d, dim=1)
        return (w * d.detach()).sum(1).mean()
