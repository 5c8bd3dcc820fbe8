import torch
from torch import nn


class BandLoss(nn.Module):
    def __init__(self, alpha=0.1, penalty=None):
        super().__init__()
        self.alpha, self.penalty = alpha, penalty

    def forward(self, low, high, y):
        miss_low = torch.relu(low - y)
        miss_high = torch.relu(y - high)
        loss = (high - low).abs() + 2 / self.alpha * (miss_low + miss_high)
        if self.penalty:
            loss = loss + self.penalty * torch.relu(low - high)
        covered = ((y >= low) & (y <= high)).float().mean()
        self.coverage = covered.item()
        return loss.mean()
