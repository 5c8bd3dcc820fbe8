import torch


def dist(a, b, w):
    return torch.sqrt(torch.sum(w * (a - b) ** 2, dim=-1))


def mahalanobis_triplet(emb, pos_idx, neg_idx, w, margin=0.3):
    anchor = emb[: len(pos_idx)]
    gap = dist(anchor, emb[pos_idx], w) - dist(anchor, emb[neg_idx], w)
    return torch.relu(gap + margin).mean()
