import math
import torch


def logistic(t, rate, capacity=10.0, start=0.5):
    return capacity / (1 + (capacity / start - 1) * math.exp(-rate * t))


def growth_loss(rate, hours, counts):
    squared = 0.0
    for t, n in zip(hours, counts):
        squared += (logistic(t, rate) - n) ** 2
    return squared / len(hours)
