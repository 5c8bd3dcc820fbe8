import torch
import torch.nn.functional as F


def apply_loss(kind, pred, y, **options):
    if kind == "l1":
        return F.l1_loss(pred, y, **options)
    elif kind == "l2":
        return F.mse_loss(pred, y, **options)
    return torch.zeros(())
