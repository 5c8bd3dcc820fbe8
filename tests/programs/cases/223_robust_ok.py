import numpy as np
import torch


def welsch_mad(residual):
    scale = float(np.median(np.abs(residual.detach().numpy()))) + 1e-6
    r = residual / scale
    return (1 - torch.exp(-0.5 * r.square())).mean()
