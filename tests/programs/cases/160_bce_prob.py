import torch
import torch.nn.functional as F


def prob_losses(p, y, gamma=2.0):
    bce = F.binary_cross_entropy(p, y, reduction="none")
    focal = (1 - torch.where(y == 1, p, 1 - p)).pow(gamma)
    q = torch.stack([1 - y, y], -1)
    kl = F.kl_div(torch.stack([1 - p, p], -1).clamp_min(1e-6).log(), q, reduction="batchmean")
    return (focal * bce).mean() + kl
