import torch
from sklearn.metrics import r2_score
from torch import nn


class FitQuality(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(3, 1)

    def loss(self, x, y):
        pred = self.lin(x).flatten()
        score = r2_score(y.cpu(), pred.detach().cpu())
        return torch.as_tensor(1.0 - score)
