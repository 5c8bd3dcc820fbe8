import torch
from torch import nn
import torch.nn.functional as F


class SignLoss(nn.Module):
    def ohem(self, pred, target, mask, ratio=3.0):
        pos = (target * mask).bool()
        neg = ((1 - target) * mask).bool()
        n_pos = float(pos.sum())
        if n_pos > 0:
            loss_pos = F.cross_entropy(pred[pos], target[pos], reduction="sum")
            loss_neg = F.cross_entropy(pred[neg], target[neg], reduction="none")
            n_neg = min(int(neg.sum().item()), int(ratio * n_pos))
        else:
            loss_pos = torch.tensor(0.0)
            loss_neg = F.cross_entropy(pred[neg], target[neg], reduction="none")
            n_neg = min(4, len(loss_neg))
        loss_neg, _ = loss_neg.topk(n_neg)
        return (loss_pos + loss_neg.sum()) / float(n_pos + n_neg)

    def forward(self, pred, target, mask):
        flat = pred.permute(0, 2, 3, 1).reshape(-1, 2)
        return self.ohem(flat, target.view(-1), mask.view(-1))
