import torch
from torch import nn
import torch.nn.functional as F


class OrderPolicy(nn.Module):
    def __init__(self, pack=6):
        super().__init__()
        self.net = nn.Linear(4, 1)
        self.pack = pack

    def order(self, features):
        wanted = F.softplus(self.net(features)).squeeze(-1)
        packs = torch.ceil(wanted / self.pack)
        return packs * self.pack

    def loss(self, features, demand, short=4.0, over=1.0):
        q = self.order(features)
        return (short * torch.relu(demand - q) + over * torch.relu(q - demand)).mean()
