import torch
from torch import nn


class DurationModel(nn.Module):
    def __init__(self, d=5):
        super().__init__()
        self.proj = nn.Linear(d, 1)

    def frames(self, phones):
        log_d = self.proj(phones).squeeze(-1)
        return torch.ceil(torch.exp(log_d))

    def loss(self, phones, total):
        predicted = self.frames(phones).sum(dim=1)
        return torch.nn.functional.smooth_l1_loss(predicted, total)
