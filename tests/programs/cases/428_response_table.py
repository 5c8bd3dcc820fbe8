import numpy as np
import torch

KNOTS = np.linspace(-3.0, 3.0, 13)
VALUES = 1 / (1 + np.exp(-KNOTS))


def response(log_exposure):
    x = log_exposure.detach().numpy()
    y = np.interp(x, KNOTS, VALUES)
    return torch.from_numpy(y).float()


def exposure_loss(log_exposure, pixels):
    return torch.mean((response(log_exposure) - pixels) ** 2)
