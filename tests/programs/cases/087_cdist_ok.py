import torch


def repulsion(pts, radius=1.5):
    d = torch.cdist(pts, pts)
    n = pts.shape[0]
    i, j = torch.triu_indices(n, n, offset=1)
    close = torch.relu(radius - d[i, j])
    centre = pts.norm(dim=-1).mean()
    return close.pow(2).sum() + 0.1 * centre
