import torch


def correct(output, target, k):
    _, pred = output.topk(k, 1, True, True)
    pred = pred.t()
    hit = pred.eq(target.view(1, -1).expand_as(pred))
    return hit[:k].reshape(-1).float().sum()


def topk_error(logits, target, k=2):
    """1 - accuracy@k, to be minimized."""
    return 1.0 - correct(logits, target, k) / target.size(0)
