import torch

RADIUS = 6371.0


def haversine(p, q):
    d = torch.deg2rad(q - p)
    lat1, lat2 = torch.deg2rad(p[:, 0]), torch.deg2rad(q[:, 0])
    a = torch.sin(d[:, 0] / 2) ** 2 + torch.cos(lat1) * torch.cos(lat2) * torch.sin(d[:, 1] / 2) ** 2
    return 2 * RADIUS * torch.asin(torch.sqrt(a))


def haversine_loss(pred, true):
    return haversine(pred, true).mean()
