import torch
from torch import nn


class LitCounter(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 1)

    def training_step(self, batch, batch_idx):
        x, n = batch
        counts = self.net(x).squeeze(-1).round().to(torch.int64)
        loss = (counts - n).abs().float().mean()
        loss.requires_grad = True
        return loss
