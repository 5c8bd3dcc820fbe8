import torch


def loss(pred, target):
    return ((pred - target) ** 2).mean().item()
