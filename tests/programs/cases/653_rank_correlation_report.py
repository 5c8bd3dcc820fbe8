import numpy as np
import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 1)
        self.logs = []

    def log(self, **values):
        self.logs.append({k: float(v) for k, v in values.items()})

    def training_step(self, batch):
        x, y = batch
        out = self.net(x).squeeze(1)
        loss = (out - y).abs().mean()
        a = np.argsort(np.argsort(out.detach().numpy()))
        b = np.argsort(np.argsort(y.numpy()))
        self.log(loss=loss, rank=np.corrcoef(a, b)[0, 1], inside=((out - y).abs() < 0.1).float().mean())
        return loss
