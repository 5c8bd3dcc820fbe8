import torch
import torch.nn.functional as F


def heading_loss(track, truth):
    going = F.normalize(track[:, 1:] - track[:, :-1], dim=-1)
    should = F.normalize(truth[:, 1:] - truth[:, :-1], dim=-1)
    moving = (truth[:, 1:] - truth[:, :-1]).norm(dim=-1) > 1e-3
    cosine = (going * should).sum(-1)
    return ((1 - cosine) * moving).sum() / moving.sum().clamp(min=1)
