import torch


def standardise(v):
    return (v - v.mean(0)) / v.std(0)


def z_score_loss(pred, truth):
    return (standardise(pred) - standardise(truth)).square().mean()
