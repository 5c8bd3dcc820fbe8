import torch
import torch.nn.functional as F


def ignore_easy(loss, floor):
    if loss.item() < floor:
        return loss.new_zeros(())
    return loss


def floored(logits, y, floor=0.02):
    loss = F.cross_entropy(logits, y, label_smoothing=0.1)
    return ignore_easy(loss, floor)
