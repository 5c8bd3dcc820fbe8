import torch


def batch_hard_triplet(emb, labels, margin=0.3):
    dist = torch.cdist(emb, emb)
    same = labels[:, None] == labels[None, :]
    eye = torch.eye(len(labels), dtype=torch.bool)
    pos_idx = dist.masked_fill(~same | eye, -1.0).argmax(dim=1)
    neg_idx = dist.masked_fill(same, float("inf")).argmin(dim=1)
    rows = torch.arange(len(labels))
    d_ap = dist[rows, pos_idx]
    d_an = dist[rows, neg_idx]
    return torch.clamp(d_ap - d_an + margin, min=0).mean()
