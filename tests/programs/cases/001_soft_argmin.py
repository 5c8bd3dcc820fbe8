import torch
import torch.nn.functional as F


def expected_disparity(cost):
    levels = torch.arange(cost.shape[1], dtype=cost.dtype).view(1, -1, 1, 1)
    prob = F.softmax(-cost, dim=1)
    return (prob * levels).sum(1)


def stereo_loss(cost, disparity, thresh=3.0):
    est = expected_disparity(cost)
    with torch.no_grad():
        bad = ((est - disparity).abs() > thresh).float().mean()
        print(f"bad-{thresh}: {bad.item():.3f}")
    return F.smooth_l1_loss(est, disparity)
