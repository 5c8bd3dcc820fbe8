import torch
import torch.nn.functional as F


def intent_margin_loss(pooled, labels, classifier=None):
    dist = ((pooled.unsqueeze(1) - pooled.unsqueeze(0)) ** 2).mean(-1)
    mask = (labels.unsqueeze(1) == labels.unsqueeze(0)).float()
    mask = mask - torch.diag(torch.diag(mask))
    neg_mask = (labels.unsqueeze(1) != labels.unsqueeze(0)).float()
    max_dist = (dist * mask).max()
    cos_loss = (dist * mask).sum(-1) / (mask.sum(-1) + 1e-3)
    cos_loss = cos_loss + (F.relu(max_dist - dist) * neg_mask).sum(-1) / (neg_mask.sum(-1) + 1e-3)
    return cos_loss.mean()
