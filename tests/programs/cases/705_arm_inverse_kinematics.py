import torch


def elbow(target, l1=1.0, l2=1.0):
    d2 = target.square().sum(-1)
    c = (d2 - l1 ** 2 - l2 ** 2) / (2 * l1 * l2)
    return torch.acos(torch.clip(c, -1.0, 1.0))


def reach_loss(target, posture):
    return (elbow(target) - posture).pow(2).mean()
