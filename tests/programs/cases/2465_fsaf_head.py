import torch
from torch import nn
import torch.nn.functional as F


def reduce_loss(loss, avg_factor):
    return loss.sum() / avg_factor


class FocalHead(nn.Module):
    def __init__(self, d=4, classes=3):
        super().__init__()
        self.cls = nn.Linear(d, classes)
        self.reg = nn.Linear(d, 4)

    def loss(self, feats, labels, boxes):
        pos = labels >= 0
        num_pos = pos.sum()
        avg_factor = max(num_pos.item(), 1.0)
        onehot = torch.zeros(len(labels), self.cls.out_features)
        onehot[pos] = F.one_hot(labels[pos], self.cls.out_features).float()
        p = torch.sigmoid(self.cls(feats))
        bce = F.binary_cross_entropy(p, onehot, reduction="none")
        focal = reduce_loss(bce * (onehot - p).abs().pow(2), avg_factor)
        box = reduce_loss(F.smooth_l1_loss(self.reg(feats[pos]), boxes[pos], reduction="none"), avg_factor)
        return {"cls": focal, "box": box, "loss": focal + box}
