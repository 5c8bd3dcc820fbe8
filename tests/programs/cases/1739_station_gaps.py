import torch


def per_station(err, seen):
    return (err * seen).sum(dim=1) / seen.sum(dim=1)


def station_loss(pred, obs, seen):
    err = (pred - obs).abs()
    means = per_station(err, seen)
    return torch.nanmean(means)
