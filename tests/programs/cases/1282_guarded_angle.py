import torch
import torch.nn.functional as F


def normal_loss(pred, gt, mask):
    cos = F.cosine_similarity(pred, gt, dim=1)
    good = mask & (cos.detach() < 0.999) & (cos.detach() > -0.999)
    return torch.acos(cos[good]).sum() / mask.sum().clamp(min=1)
