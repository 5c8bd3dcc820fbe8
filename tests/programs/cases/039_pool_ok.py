import torch
from torch import nn


class SegmentPool(nn.Module):
    def pool(self, h, mask):
        m = mask.unsqueeze(-1)
        count = m.sum(dim=1).clamp_min(1.0)
        return (h * m).sum(dim=1) / count

    def loss(self, h, mask, y):
        diff = self.pool(h, mask) - y
        valid = mask.any(dim=1)
        per_item = torch.linalg.norm(diff, dim=-1)
        return per_item[valid].mean()
