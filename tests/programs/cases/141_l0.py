import torch
import torch.nn as nn


class SparsityLoss(nn.Module):
    def __init__(self, tol=1e-3):
        super().__init__()
        self.tol = tol

    def forward(self, w):
        return torch.count_nonzero(w.abs() > self.tol) / w.numel()
