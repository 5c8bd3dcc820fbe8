import torch
from torch import nn
import torch.nn.functional as F


def shrink(weight, level, eps=1e-12):
    return F.relu(weight - level) * weight / (torch.abs(weight - level) + eps)


class MemoryScore(nn.Module):
    def __init__(self, slots=8, width=4, level=0.13):
        super().__init__()
        self.slots = nn.Parameter(torch.randn(slots, width))
        self.level = level

    def address(self, code):
        weight = F.softmax(code @ self.slots.t(), dim=1)
        return F.normalize(shrink(weight, self.level), p=1, dim=1)

    def training_loss(self, code, alpha=0.0002):
        weight = self.address(code)
        entropy = -(weight * torch.log(weight)).sum(dim=1).mean()
        return F.mse_loss(weight @ self.slots, code) + alpha * entropy
