import torch
import torch.nn.functional as F


def regression(p, z):
    p, z = F.normalize(p, dim=-1), F.normalize(z, dim=-1)
    return 2 - 2 * (p * z).sum(dim=-1)


def byol_loss(online, predictor, target, v1, v2):
    p1, p2 = predictor(online(v1)), predictor(online(v2))
    with torch.no_grad():
        z1 = target(v1)
        z2 = target(v2)
    loss = regression(p1, z2.detach()) + regression(p2, z1.detach())
    return loss.mean()
