import torch


def click_loss(scores, clicks, floor=0.05):
    p = torch.sigmoid(scores)
    p[p < floor] = floor
    pos = clicks * torch.log(p)
    neg = (1 - clicks) * torch.log(1 - p + 1e-6)
    return -(pos + neg).mean()
