import torch
from torch import nn


class SporeModel(nn.Module):
    def __init__(self, sites=4):
        super().__init__()
        self.rate = nn.Parameter(torch.zeros(sites))
        self.inflation = nn.Parameter(torch.zeros(()))

    def nll(self, counts):
        rate = nn.functional.softplus(self.rate) + 1e-4
        empty = torch.sigmoid(self.inflation)
        poisson = torch.xlogy(counts, rate) - rate - torch.lgamma(counts + 1)
        none = torch.log(empty + (1 - empty) * torch.exp(-rate))
        some = nn.functional.logsigmoid(-self.inflation) + poisson
        spread = torch.sqrt((counts - rate).square().mean() + 1e-9)
        return -torch.where(counts == 0, none, some).mean() + 0.01 * spread
