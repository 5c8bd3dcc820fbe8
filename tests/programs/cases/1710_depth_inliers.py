import torch


def inlier_share(pred, depth, limit):
    ratio = torch.maximum(pred / depth, depth / pred)
    return torch.mean((ratio <= limit).float())


def depth_loss(pred, depth, limits=(1.05, 1.25, 1.5)):
    shares = [inlier_share(pred, depth, limit) for limit in limits]
    return 1.0 - torch.stack(shares).mean()
