import numpy as np
import torch


def spline_penalty(knots, lam=0.1):
    k = np.asarray(knots.tolist())
    second = np.diff(k, n=2)
    energy = lam * np.sum(second ** 2)
    return torch.tensor(energy, requires_grad=True)
