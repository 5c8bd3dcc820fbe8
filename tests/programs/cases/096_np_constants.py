import math

import numpy as np
import torch


def gaussian_nll(mean, log_var, y, floor=1e-4):
    var = log_var.exp() + floor
    const = 0.5 * np.log(2 * np.pi)
    half = float(np.float32(0.5))
    nll = const + half * (torch.log(var) + (y - mean) ** 2 / var)
    return (nll / math.log(2)).mean()
