import torch

PARAMS = torch.randn(5, requires_grad=True) * 0.1


def solve(target):
    out = torch.sigmoid(PARAMS)
    return ((out - target) ** 2).sum()
