import torch
from torch import nn


class GuardedStep(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 1)

    def training_step(self, batch):
        x, y = batch
        loss = (self.net(x) - y).pow(2).mean()
        if not torch.isfinite(loss):
            loss = torch.zeros_like(loss)
        return loss
