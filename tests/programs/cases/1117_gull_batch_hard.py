import torch
import torch.nn.functional as F


def pairwise_distances(embeddings, squared=False):
    dot = embeddings @ embeddings.t()
    norm = torch.diag(dot)
    distances = (norm.view(1, -1) - 2.0 * dot + norm.view(-1, 1)).clamp(min=0.0)
    if not squared:
        mask = distances.eq(0).float()
        distances = distances + mask * 1e-16
        distances = (1.0 - mask) * torch.sqrt(distances)
    return distances


def gull_triplet(labels, embeddings, margin=0.5):
    d = pairwise_distances(embeddings)
    same = labels.unsqueeze(0) == labels.unsqueeze(1)
    not_self = ~torch.eye(len(labels), dtype=torch.bool)
    positives = (same & not_self).float()
    hardest_positive, _ = (positives * d).max(1, keepdim=True)
    negatives = (~same).float()
    row_max, _ = d.max(1, keepdim=True)
    hardest_negative, _ = (d + row_max * (1.0 - negatives)).min(1, keepdim=True)
    tl = hardest_positive - hardest_negative + margin
    tl[tl < 0] = 0
    return tl.mean()
