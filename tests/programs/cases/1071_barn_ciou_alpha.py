import math
import torch


def barn_ciou(pred, target, eps=1e-7):
    lt, rb = torch.max(pred[:, :2], target[:, :2]), torch.min(pred[:, 2:], target[:, 2:])
    inter = (rb - lt).clamp(min=0).prod(1)
    w1, h1 = (pred[:, 2:] - pred[:, :2]).unbind(1)
    w2, h2 = (target[:, 2:] - target[:, :2]).unbind(1)
    union = w1 * h1 + w2 * h2 - inter + eps
    iou = inter / union
    outer = torch.max(pred[:, 2:], target[:, 2:]) - torch.min(pred[:, :2], target[:, :2])
    diag = outer.pow(2).sum(1) + eps
    centre = (pred[:, :2] + pred[:, 2:] - target[:, :2] - target[:, 2:]).pow(2).sum(1) / 4
    v = (4 / math.pi ** 2) * torch.pow(torch.atan(w2 / (h2 + eps)) - torch.atan(w1 / (h1 + eps)), 2)
    with torch.no_grad():
        alpha = (iou > 0.5).float() * v / (1 - iou + v + eps)
    cious = iou - (centre / diag + alpha * v)
    return (1 - cious.clamp(min=-1.0, max=1.0)).mean()
