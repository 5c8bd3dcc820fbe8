import torch
import torch.nn.functional as F


def spread(z):
    centred = z - z.mean(dim=0)
    var = (centred * centred).mean(dim=0)
    return torch.sqrt(var)


def variance_term(z, gamma=1.0):
    return F.relu(gamma - spread(z)).mean()
