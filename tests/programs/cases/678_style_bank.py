import torch
from torch import nn
import torch.nn.functional as F


class StyleTarget(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 4)
        self.anchor = None

    def loss(self, x, style):
        if self.anchor is None:
            self.anchor = torch.tanh(self.encoder(style))
        return F.mse_loss(self.encoder(x), self.anchor)
