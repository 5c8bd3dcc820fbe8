import torch


def tally(flagged, fraud):
    caught = torch.logical_and(flagged, fraud)
    return caught.sum(), flagged.sum(), fraud.sum()


def screening_loss(model, claims, fraud, cut=0.4, beta=2.0):
    risk = torch.sigmoid(model(claims)).squeeze(-1)
    caught, flagged, total = tally(risk > cut, fraud)
    precision = caught / flagged.clamp(min=1)
    recall = caught / total.clamp(min=1)
    score = (1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall + 1e-8)
    return 1 - score
