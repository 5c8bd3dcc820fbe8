import torch
from torch import nn
import numpy as np


class Trainer:
    def __init__(self):
        self.model = nn.Linear(3, 1)
        self.log = {"loss": [], "mae": []}

    def step(self, x, y):
        pred = self.model(x).squeeze(1)
        loss = torch.nn.functional.huber_loss(pred, y)
        mae = np.abs(pred.detach().numpy() - y.numpy()).mean()
        self.log["loss"].append(float(loss))
        self.log["mae"].append(mae)
        return loss
