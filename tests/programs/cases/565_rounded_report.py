import numpy as np
import torch
from torch import nn


class FitCurve(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(1.0))
        self.b = nn.Parameter(torch.tensor(0.1))
        self.trace = []

    def objective(self, t, y):
        curve = self.a * torch.exp(-self.b * t)
        loss = torch.nn.functional.mse_loss(curve, y)
        self.trace.append((self.a.item(), float(self.b)))
        worst = np.abs(curve.detach().numpy() - y.numpy()).max()
        print(f"loss {loss.item():.3f} worst {worst:.2f} decimals {torch.round(curve.detach()).sum()}")
        return loss
