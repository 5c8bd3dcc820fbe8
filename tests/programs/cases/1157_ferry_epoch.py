import math
import torch
import torch.nn.functional as F


def run_epoch(model, batches, best=math.inf):
    total, hits, seen = None, 0, 0
    for x, y in batches:
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        total = loss if total is None else total + loss
        hits += int((logits.argmax(-1) == y).sum())
        seen += y.numel()
        if loss.item() < best:
            best = float(loss.detach())
    accuracy = hits / max(seen, 1)
    rounded = [round(v, 3) for v in (best, accuracy)]
    print("best", rounded[0], "accuracy", rounded[1])
    return total / len(batches)
