import torch
from torch import nn
import torch.nn.functional as F


class DifferenceFusion(nn.Module):
    """Tiny objects are where the reconstruction differs most: lift the features there."""

    def __init__(self, channels=4, thresh=0.0156862):
        super().__init__()
        self.rec = nn.Conv2d(channels, 3, 1)
        self.learnable_thresh = nn.Parameter(torch.tensor(thresh))
        self.channel = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, channels, 1), nn.Sigmoid())
        self.head = nn.Conv2d(channels, 2, 1)

    def forward(self, img, feat):
        rec = torch.sigmoid(self.rec(feat))
        difference_map = torch.sum(torch.abs(rec - img), dim=1, keepdim=True) / 3
        difference_map_mask = (torch.sign(difference_map - self.learnable_thresh) + 1) * 0.5
        feat_diff = feat * difference_map_mask
        return self.head(self.channel(feat) * feat + feat_diff), rec

    def loss(self, img, feat, labels):
        out, rec = self(img, feat)
        return F.cross_entropy(out, labels) + F.mse_loss(rec, img)
