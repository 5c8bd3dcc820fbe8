import torch


def completed(aim, receivers, reach=0.8):
    gap = torch.cdist(aim, receivers).min(dim=1).values
    return gap <= reach


def completion_loss(aim, receivers):
    rate = completed(aim, receivers).float().mean()
    loss = 1 - rate
    loss.requires_grad = True
    return loss
