import torch
from torch import nn


def pairwise_euclidean(first, second):
    diff = first.unsqueeze(1) - second.unsqueeze(0)
    return torch.sqrt(torch.sum(diff ** 2, dim=-1))


def kernel_mean(first, second, widths=(0.5, 1.0, 2.0)):
    distance = pairwise_euclidean(first, second)
    return sum(torch.exp(-distance / w).mean() for w in widths)


class ConsistencyAdaption(nn.Module):
    def __init__(self):
        super().__init__()
        self.extractor = nn.Linear(4, 2)
        self.centers = nn.Parameter(torch.randn(3, 2))

    def training_loss(self, healthy, worn):
        a, b = self.extractor(healthy), self.extractor(worn)
        discrepancy = kernel_mean(a, a) + kernel_mean(b, b) - 2 * kernel_mean(a, b)
        nearest = pairwise_euclidean(a, self.centers).min(dim=1).values
        return discrepancy + 0.1 * nearest.mean()
