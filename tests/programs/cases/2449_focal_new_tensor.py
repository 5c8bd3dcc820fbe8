import torch
import torch.nn.functional as F


def focal_loss_with_logits(output, target, gamma=2.0, alpha=0.25, reduction="mean"):
    target = target.type(output.type())
    logpt = F.binary_cross_entropy_with_logits(output, target, reduction="none")
    pt = torch.exp(-logpt)
    focal_term = torch.tensor([(1.0 - p) ** gamma for p in pt])
    loss = focal_term * logpt
    if alpha is not None:
        loss = loss * (alpha * target + (1 - alpha) * (1 - target))
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if reduction == "sum" else loss
