import torch
import torch.nn.functional as F

OBJECTIVES = {}


def register(name, weight=1.0):
    def wrap(fn):
        OBJECTIVES[name] = (fn, weight)
        return fn

    return wrap


@register("depth", weight=2.0)
def depth_term(pred, gt):
    return F.smooth_l1_loss(pred, gt)


@register("count", weight=0.1)
def count_term(pred, gt):
    return (torch.floor(pred) - gt).abs().mean()


def total_objective(outputs, labels):
    total = 0.0
    for name, (fn, weight) in OBJECTIVES.items():
        total = total + weight * fn(outputs[name], labels[name])
    return total
