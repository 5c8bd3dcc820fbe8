import torch


def unit(v, eps=1e-8):
    return v / torch.sqrt((v * v).sum(-1, keepdim=True) + eps)


def bond_angle(a, b, c):
    cos = (unit(a - b) * unit(c - b)).sum(-1)
    return torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6))


def geometry_loss(xyz, triples, ideal, bonds, length):
    i, j, k = triples.unbind(1)
    angles = bond_angle(xyz[i], xyz[j], xyz[k])
    d = (xyz[bonds[:, 0]] - xyz[bonds[:, 1]]).pow(2).sum(-1).add(1e-9).sqrt()
    return (angles - ideal).pow(2).mean() + (d - length).pow(2).mean()
