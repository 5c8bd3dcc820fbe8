import numpy as np
import torch
from torch import nn


def spearman(a, b):
    ra = np.argsort(np.argsort(a))
    rb = np.argsort(np.argsort(b))
    return np.corrcoef(ra, rb)[0, 1]


class SpearmanLoss(nn.Module):
    def forward(self, pred, target):
        rho = spearman(pred.detach().cpu().numpy(), target.cpu().numpy())
        return 1 - torch.tensor(rho, dtype=pred.dtype)
