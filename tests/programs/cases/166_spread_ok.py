import torch


def variance_reg(z, gamma=3.0, eps=1e-4):
    std = torch.sqrt(z.var(dim=0) + eps)
    hinge = torch.relu(gamma - std).mean()
    zc = z - z.mean(dim=0)
    cov = (zc.T @ zc) / (len(z) - 1)
    off = cov.flatten()[:-1].view(z.shape[1] - 1, z.shape[1] + 1)[:, 1:]
    return hinge + off.pow(2).sum() / z.shape[1] + 0.1 * z.std(dim=0).mean()
