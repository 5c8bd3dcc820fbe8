import torch
import torch.nn.functional as F


def haversine_weights(lat, base=0.2):
    w = torch.cos(torch.deg2rad(lat)).clamp(min=base)
    return w / w.sum()


def station_loss(pred, obs, lat):
    """pred, obs: (time, station); broken sensors report nan"""
    available = ~torch.isnan(obs)
    w = haversine_weights(lat).expand_as(pred)
    sq = (pred - obs) ** 2
    scored = (w * sq)[available]
    smooth = (pred[1:] - pred[:-1]).abs().mean()
    return scored.sum() / available.sum() + 0.01 * smooth
