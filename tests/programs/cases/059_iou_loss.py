import torch
from torch import nn


def area(b):
    return (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])


class GIoULoss(nn.Module):
    eps = 1e-7

    def __init__(self, reduction: str = "mean"):
        super().__init__()
        if reduction not in ("none", "mean", "sum"):
            raise ValueError(f"unknown reduction {reduction!r}")
        self.reduction = reduction

    def forward(self, pred, target):
        lt = torch.max(pred[:, :2], target[:, :2])
        rb = torch.min(pred[:, 2:], target[:, 2:])
        inter = (rb - lt).clamp(min=0).prod(dim=1)
        union = area(pred) + area(target) - inter
        iou = inter / (union + self.eps)
        hull_lt = torch.min(pred[:, :2], target[:, :2])
        hull_rb = torch.max(pred[:, 2:], target[:, 2:])
        hull = (hull_rb - hull_lt).clamp(min=0).prod(dim=1)
        loss = 1 - iou + (hull - union) / (hull + self.eps)
        match self.reduction:
            case "mean":
                return loss.mean()
            case "sum":
                return loss.sum()
            case _:
                return loss
