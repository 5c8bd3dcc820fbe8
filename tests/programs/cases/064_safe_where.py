import torch


def safe_log(x):
    positive = x > 0
    inner = torch.where(positive, x, torch.ones_like(x))
    return torch.where(positive, inner.log(), torch.zeros_like(x))


class RateDistortion:
    lam = 0.01

    def loss(self, x):
        bits = -safe_log(x) / torch.log(torch.tensor(2.0))
        return (bits * x).sum() + self.lam * x.square().sum()
