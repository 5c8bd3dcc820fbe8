import torch
from torch import nn
from torch.distributions import LogNormal


class LatentWalk(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.mu = nn.Parameter(torch.zeros(d))
        self.rho = nn.Parameter(torch.zeros(d))

    def loss(self, demand, price=2.0, cost=1.0):
        stock = LogNormal(self.mu, self.rho.exp()).rsample((16,))
        pick = torch.randint(0, len(demand), (16,))
        sold = torch.minimum(stock, demand[pick])
        return -(price * sold - cost * stock).sum(-1).mean()
