import torch


def unit(v):
    return v / v.norm(dim=-1, keepdim=True)


def heading_loss(track, truth):
    """Compare the directions of travel of two tracks; a parked car does not move at all."""
    going = unit(track[:, 1:] - track[:, :-1])
    should = unit(truth[:, 1:] - truth[:, :-1])
    return (1 - (going * should).sum(-1)).mean()
