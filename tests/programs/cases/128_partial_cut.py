from functools import partial

import torch


def class_distance(logits, y, dim):
    label = logits.argmax(dim=dim)
    return (label - y).abs().float().mean()


OBJECTIVES = [partial(class_distance, dim=-1)]


def total(logits, y):
    acc = torch.zeros(())
    for fn in OBJECTIVES:
        acc = acc + fn(logits, y)
    return acc
