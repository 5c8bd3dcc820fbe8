import torch
import torch.nn.functional as F


def focal_loss(logits, y, gamma=2.0, alpha=0.25):
    ce = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    p = logits.sigmoid()
    pt = p * y + (1 - p) * (1 - y)
    modulating = (1.0 - pt) ** gamma
    weight = alpha * y + (1 - alpha) * (1 - y)
    return (weight * modulating * ce).sum() / y.sum().clamp(min=1)
