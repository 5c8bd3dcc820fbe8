import math
import torch


def scaled_softmax(scores, inplace=False):
    peak = scores.detach().amax(dim=1, keepdim=True)
    x = scores - peak
    if inplace:
        weights = x.exp_()
        weights /= weights.sum(dim=1, keepdim=True)
    else:
        weights = x.exp()
        weights = weights / weights.sum(dim=1, keepdim=True)
    return weights


def readout_loss(key, query, value, wanted):
    affinity = key.transpose(1, 2) @ query / math.sqrt(key.shape[1])
    read = value @ scaled_softmax(affinity, inplace=True)
    return (read - wanted).abs().mean()
