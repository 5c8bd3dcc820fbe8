import torch
from torch import nn
import torch.nn.functional as F


class LaneHead(nn.Module):
    """Regresses four anchor offsets per frame, averaged over its annotated lanes."""

    def __init__(self, d=6):
        super().__init__()
        self.reg = nn.Linear(d, 4)

    def per_frame(self, feats, lanes):
        for feat, lane in zip(feats, lanes):
            if lane.numel() == 0:
                yield torch.zeros((), requires_grad=True)
                continue
            pred = self.reg(feat).expand_as(lane)
            yield F.smooth_l1_loss(pred, lane)

    def compute_losses(self, feats, lanes):
        terms = list(self.per_frame(feats, lanes))
        return torch.stack(terms).mean()
