import math

import torch


def compute_ciou(output, target, bbox_inside_weights):
    x1, y1, x2, y2 = output.t()
    x1g, y1g, x2g, y2g = target.t()
    mask = (y2 > y1) * (x2 > x1)
    x_p, y_p = (x2 + x1) / 2, (y2 + y1) / 2
    x_g, y_g = (x1g + x2g) / 2, (y1g + y2g) / 2

    xkis1, ykis1 = torch.max(x1, x1g), torch.max(y1, y1g)
    xkis2, ykis2 = torch.min(x2, x2g), torch.min(y2, y2g)
    xc1, yc1 = torch.min(x1, x1g), torch.min(y1, y1g)
    xc2, yc2 = torch.max(x2, x2g), torch.max(y2, y2g)

    intsctk = torch.zeros(x1.size()).to(output)
    overlap = (ykis2 > ykis1) * (xkis2 > xkis1) * mask
    intsctk[overlap] = (xkis2[overlap] - xkis1[overlap]) * (ykis2[overlap] - ykis1[overlap])
    unionk = (x2 - x1) * (y2 - y1) + (x2g - x1g) * (y2g - y1g) - intsctk + 1e-7
    iouk = intsctk / unionk

    c = ((xc2 - xc1) ** 2) + ((yc2 - yc1) ** 2) + 1e-7
    u = (((x_p - x_g) ** 2) + ((y_p - y_g) ** 2)) / c
    ratio = (x2 - x1) / (y2 - y1)
    v = (4 / (math.pi ** 2)) * torch.pow(torch.atan((x2g - x1g) / (y2g - y1g)) - torch.atan(ratio), 2)
    loss = (1 - iouk + u + v) * mask.float()
    return loss.sum() * bbox_inside_weights.mean()
