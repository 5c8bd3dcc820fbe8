import torch


def pair_distances(coords):
    sq = coords.pow(2).sum(1)
    d2 = sq[:, None] + sq[None, :] - 2 * coords @ coords.t()
    return d2.clamp(min=0).sqrt()


def chain_loss(coords, bonds, length=1.5):
    d = pair_distances(coords)
    i, j = bonds.unbind(1)
    clash = torch.relu(1.0 - d).triu(1).sum()
    return (d[i, j] - length).pow(2).mean() + clash
