import torch


def minimum_image(d, box):
    return d - box * torch.round(d / box)


def spring_energy(pos, bonds, box=4.0, rest=1.0):
    d = minimum_image(pos[bonds[:, 0]] - pos[bonds[:, 1]], box)
    r = (d.pow(2).sum(-1) + 1e-9).sqrt()
    return 0.5 * (r - rest).pow(2).sum()
