import numpy as np
import torch
from torch import nn


class DtwLoss(nn.Module):
    def cost(self, a, b):
        d = np.abs(a[:, None] - b[None, :])
        acc = np.full((len(a) + 1, len(b) + 1), np.inf)
        acc[0, 0] = 0.0
        for i in range(len(a)):
            for j in range(len(b)):
                acc[i + 1, j + 1] = d[i, j] + min(acc[i, j], acc[i, j + 1], acc[i + 1, j])
        return acc[-1, -1]

    def forward(self, pred, target):
        total = [self.cost(p.detach().numpy(), t.numpy()) for p, t in zip(pred, target)]
        return torch.tensor(total).mean()
