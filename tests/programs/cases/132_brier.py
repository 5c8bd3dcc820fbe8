import torch
from torch import nn


class BrierScore(nn.Module):
    def __init__(self, num_classes: int):
        super().__init__()
        self.num_classes = num_classes

    def forward(self, probs, labels):
        target = nn.functional.one_hot(labels.long(), self.num_classes).to(probs.dtype)
        return torch.mean(torch.sum((probs - target) ** 2, dim=1))
