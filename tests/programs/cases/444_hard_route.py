import torch
import torch.nn.functional as F


def hard_choice(scores):
    p = scores.softmax(-1)
    hard = F.one_hot(p.argmax(-1), p.shape[-1]).float()
    return hard + p - p.detach()


def route_loss(scores, experts, y):
    mixed = (hard_choice(scores).unsqueeze(-1) * experts).sum(1)
    return F.mse_loss(mixed, y)
