import torch


def decode(deltas, rois):
    wh = rois[:, 2:] - rois[:, :2]
    ctr = rois[:, :2] + 0.5 * wh
    new_ctr, new_wh = ctr + deltas[:, :2] * wh, wh * torch.exp(deltas[:, 2:])
    return torch.cat([new_ctr - 0.5 * new_wh, new_ctr + 0.5 * new_wh], 1)


def diou_loss(deltas, rois, target):
    x1, y1, x2, y2 = decode(deltas, rois).unbind(1)
    x1g, y1g, x2g, y2g = target.unbind(1)
    xkis1, ykis1 = torch.max(x1, x1g), torch.max(y1, y1g)
    xkis2, ykis2 = torch.min(x2, x2g), torch.min(y2, y2g)
    intsct = torch.zeros_like(x1)
    mask = (ykis2 > ykis1) & (xkis2 > xkis1)
    intsct[mask] = (xkis2[mask] - xkis1[mask]) * (ykis2[mask] - ykis1[mask])
    union = (x2 - x1) * (y2 - y1) + (x2g - x1g) * (y2g - y1g) - intsct
    ratio = torch.atan((x2 - x1) / (y2 - y1))
    ratio_g = torch.atan((x2g - x1g) / (y2g - y1g))
    loss = 1 - intsct / union + 0.4 * (ratio - ratio_g) ** 2
    valid = (y2 > y1) & (x2 > x1)
    loss = torch.where(valid, loss, torch.zeros_like(loss))
    return loss.mean()
