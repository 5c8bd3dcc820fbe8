import torch
from torch import nn


class BinaryFocal(nn.Module):
    def __init__(self, gamma=2.0, eps=1e-8):
        super().__init__()
        self.gamma, self.eps = gamma, eps

    def forward(self, y_pred, y_true):
        y_pred = torch.clamp(y_pred, self.eps, 1 - self.eps)
        y_true = y_true.unsqueeze(1)
        y_pred = y_pred.unsqueeze(1)
        loss = torch.sum(
            y_true * torch.pow(1 - y_pred, self.gamma) * torch.log(y_pred)
            + (1 - y_true) * torch.pow(y_pred, self.gamma) * torch.log(1 - y_pred),
            dim=1,
        )
        return -1.0 * loss.sum() / y_pred.size(0)
