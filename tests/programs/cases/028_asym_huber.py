import torch


def interval_score(lo, hi, y, alpha=0.1):
    width = hi - lo
    below = (lo - y) * (y < lo).float()
    above = (y - hi) * (y > hi).float()
    score = width + 2 / alpha * (below + above)
    covered = ((y >= lo) & (y <= hi)).float().mean()
    if covered < 1 - alpha:
        score = score * 1.1
    return score.mean()
