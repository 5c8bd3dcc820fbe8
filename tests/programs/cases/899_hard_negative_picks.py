import torch


def hardest_triplet(emb, y, margin=0.2):
    d = torch.cdist(emb, emb)
    same = y.unsqueeze(0) == y.unsqueeze(1)
    far = (d * same).argmax(dim=1)
    near = d.masked_fill(same, float("inf")).argmin(dim=1)
    rows = torch.arange(len(y))
    return torch.relu(d[rows, far] - d[rows, near] + margin).mean()
