import torch


def spring_energy(pos, rest=1.0, k=2.0):
    diff = pos.unsqueeze(0) - pos.unsqueeze(1)
    length = torch.sqrt((diff * diff).sum(-1))
    stretch = length - rest
    return 0.5 * k * torch.triu(stretch ** 2, diagonal=1).sum()
