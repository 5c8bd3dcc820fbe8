import torch
import torch.nn.functional as F


def depot_loss(depots, shops, load, limit=4.0):
    distance = torch.cdist(shops, depots)
    nearest = distance.argmin(dim=1)
    owner = F.one_hot(nearest, depots.shape[0]).float()
    travel = (owner * distance).sum(dim=1)
    used = torch.bincount(nearest, weights=load, minlength=depots.shape[0])
    crowded = used > limit
    penalty = 1.0 + crowded[nearest].float()
    return (penalty * load * travel).sum() / load.sum()
