import torch


def area(rate, hours):
    level = torch.exp(-rate[:, None] * hours)
    level[:, 0] *= 0.5
    level[:, -1] *= 0.5
    return level.sum(1) * (hours[1] - hours[0])


def dose_loss(rate, hours, measured):
    return torch.nn.functional.mse_loss(area(rate, hours), measured)
