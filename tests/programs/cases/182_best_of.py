import torch


def best_of_many(cands, y):
    best = None
    for c in cands:
        loss = (c - y).abs().mean()
        if best is None or loss < best:
            best = loss
    floor = torch.zeros(())
    return max(best, floor)
