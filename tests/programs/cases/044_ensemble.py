import torch
import torch.nn.functional as F


def multi_scale_loss(preds, target):
    loss = torch.zeros((), device=target.device)
    for level, p in enumerate(preds):
        t = F.interpolate(target, size=p.shape[-2:], mode="area")
        weight = 0.5 ** level
        loss = weight * F.l1_loss(p, t)
    return loss
