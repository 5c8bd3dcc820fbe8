import torch


def by_label(scores, labels):
    positive, negative = [], []
    for s, y in zip(scores.tolist(), labels.tolist()):
        (positive if y else negative).append(s)
    return positive, negative


def ranking_objective(scores, labels, margin=0.2):
    positive, negative = by_label(scores, labels)
    losses = [max(0.0, margin - p + n) for p in positive for n in negative]
    return torch.tensor(losses).mean()
