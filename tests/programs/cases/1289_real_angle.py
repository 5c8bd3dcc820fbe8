import torch
import torch.nn.functional as F


def heading_loss(pred, target):
    """Angular error, the first column of both is the heading vector's x."""
    a = torch.angle(pred.float())
    b = torch.angle(target.float())
    return F.mse_loss(a, b)
