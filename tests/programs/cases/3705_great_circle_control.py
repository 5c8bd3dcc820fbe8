import torch


def unit(p):
    lat, lon = p.unbind(-1)
    return torch.stack([torch.cos(lat) * torch.cos(lon), torch.cos(lat) * torch.sin(lon), torch.sin(lat)], -1)


def geo_loss(pred, truth):
    """Half the squared chord is 1 - cos(angle); smooth everywhere."""
    return (1 - (unit(pred) * unit(truth)).sum(-1)).mean()
