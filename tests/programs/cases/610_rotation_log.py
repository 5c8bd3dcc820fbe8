import torch


def geodesic(R, R_gt):
    rel = R.transpose(1, 2) @ R_gt
    trace = torch.einsum("bii->b", rel)
    theta = torch.acos(torch.clamp((trace - 1) / 2, -1, 1))
    return theta.mean()
