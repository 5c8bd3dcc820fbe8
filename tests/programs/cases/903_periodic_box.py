import torch


def minimum_image_energy(pos, box, sigma=0.5):
    delta = pos[:, None, :] - pos[None, :, :]
    delta = delta - box * torch.round(delta / box)
    i, j = torch.triu_indices(len(pos), len(pos), offset=1)
    r2 = delta[i, j].pow(2).sum(-1)
    s6 = (sigma ** 2 / r2) ** 3
    return (4 * (s6 ** 2 - s6)).sum()
