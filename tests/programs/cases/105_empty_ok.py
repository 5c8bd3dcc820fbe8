import torch
from torch import nn
import torch.nn.functional as F


class BoxHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls = nn.Linear(4, 2)
        self.reg = nn.Linear(4, 4)

    def losses(self, feats, boxes, labels):
        logits = self.cls(feats)
        target = (labels >= 0).long()
        out = {"cls": F.cross_entropy(logits, target)}
        delta = self.reg(feats)
        fg = target > 0
        if fg.any():
            out["box"] = F.smooth_l1_loss(delta[fg], boxes[fg])
        else:
            out["box"] = delta.sum() * 0
        return out
