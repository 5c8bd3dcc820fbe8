import torch
from torch import nn
import torch.nn.functional as F


def summarise(out, y, digits=3):
    guess = out.detach().argmax(-1)
    return {"acc": round((guess == y).float().mean().item(), digits), "n": len(y)}


def train_epoch(model, batches):
    total, history = 0.0, []
    for x, y in batches:
        out = model(x)
        loss = F.cross_entropy(out, y)
        total = total + loss
        history.append({"loss": float(loss), **summarise(out, y)})
    best = max(history, key=lambda h: h["acc"])
    weight = 1.0 if best["acc"] < 0.9 else 0.5
    return weight * total / len(history)
