import torch
import torch.nn.functional as F


def flood(value, level):
    if value < level:
        return torch.tensor(level)
    return value


def flooded_loss(logits, y, level=5.0):
    ce = F.cross_entropy(logits, y)
    return flood(ce, level)
