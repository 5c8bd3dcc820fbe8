import functools

import numpy as np
import torch
from torch import nn


def tracked(fn):
    @functools.wraps(fn)
    def wrapper(self, *args, **kwargs):
        loss = fn(self, *args, **kwargs)
        self.curve.append(float(loss.detach()))
        return loss
    return wrapper


class LoadForecaster(nn.Module):
    def __init__(self, lags=6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(lags, 8), nn.ReLU(), nn.Linear(8, 1))
        self.curve = []
        self.mape = None

    def report(self, pred, y):
        p, t = pred.detach().cpu().numpy(), y.cpu().numpy()
        self.mape = float(np.mean(np.abs((p - t) / np.maximum(np.abs(t), 1e-3))))

    @tracked
    def training_step(self, window, load):
        target = torch.from_numpy(np.asarray(load, dtype=np.float32))
        pred = self.net(window).squeeze(-1)
        self.report(pred, target)
        return np.sqrt(0.5) * nn.functional.mse_loss(pred, target)
