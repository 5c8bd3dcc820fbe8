from collections import defaultdict

import torch


def grouped_losses(preds, targets, groups):
    parts = defaultdict(list)
    for p, t, g in zip(preds, targets, groups):
        parts[g].append((p - t) ** 2)
    sizes = torch.tensor([float(len(v)) for v in parts.values()])
    means = torch.stack([torch.stack(v).mean() for v in parts.values()])
    weights = sizes / sizes.sum()
    worst = int(means.argmax())
    return (weights * means).sum() + means[worst]
