import numpy as np
import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 1)
        self.history = []

    def training_step(self, batch):
        x, y = batch
        out = self.net(x).squeeze(-1)
        loss = (out - y).square().mean()
        self.history.append(float(loss))
        with torch.no_grad():
            r = np.corrcoef(out.numpy(), y.numpy())[0, 1]
        print(f"loss {loss.item():.3f} r {r:.2f} mean {np.mean(self.history):.3f}")
        return loss
