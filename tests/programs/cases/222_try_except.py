import numpy as np
import torch


def robust_scale_loss(residual):
    arr = residual.data.numpy()
    scale = float(np.median(np.abs(arr - np.median(arr))))
    try:
        scale = max(scale, 1e-6)
    except ValueError:
        scale = 1.0
    return torch.from_numpy(np.log1p((arr / scale) ** 2)).mean()
