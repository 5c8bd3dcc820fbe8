import torch
import torch.nn as nn


class RMSLE(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.mse = nn.MSELoss()
        self.eps = eps

    def forward(self, pred, actual):
        bias = 0.05 * pred.mean()
        return torch.sqrt(self.mse(torch.log1p(pred.relu()), torch.log1p(actual)) + self.eps) + bias
