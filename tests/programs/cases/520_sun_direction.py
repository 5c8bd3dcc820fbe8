import torch


def great_circle(pred, truth):
    lat1, lon1 = pred.unbind(-1)
    lat2, lon2 = truth.unbind(-1)
    c = lat1.sin() * lat2.sin() + lat1.cos() * lat2.cos() * (lon1 - lon2).cos()
    angle = torch.acos(c.clamp(max=1.0))
    return (6371.0 * angle).mean()
