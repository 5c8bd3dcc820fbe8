import torch
import torch.nn as nn
import torch.nn.functional as F


class Chooser(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(4, 3)
        self.register_buffer("table", torch.rand(3, 2))

    def forward(self, x):
        return self.table[self.gate(x).argmax(-1)]


def fit(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(model(x), y)
