import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Linear(4, 1)
        self.history = {"loss": [], "r2": []}

    def r2(self, pred, y):
        p, t = pred.detach().cpu().numpy(), y.cpu().numpy()
        return float(1 - ((p - t) ** 2).sum() / ((t - t.mean()) ** 2).sum())

    def step(self, x, y):
        pred = self.net(x).squeeze(-1)
        loss = nn.functional.mse_loss(pred, y)
        self.history["loss"].append(loss.item())
        self.history["r2"].append(self.r2(pred, y))
        if self.history["loss"][-1] > 1e4:
            print("diverged", round(self.history["loss"][-1], 3))
        return loss
