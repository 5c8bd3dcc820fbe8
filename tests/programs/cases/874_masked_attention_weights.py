import torch
from torch import nn
import torch.nn.functional as F


class Reader(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.score = nn.Linear(d, 1)
        self.out = nn.Linear(d, 2)

    def pool(self, tokens, valid):
        att = torch.softmax(self.score(tokens).squeeze(-1), dim=1)
        att *= valid
        att = att / att.sum(dim=1, keepdim=True)
        return torch.bmm(att.unsqueeze(1), tokens).squeeze(1)

    def loss(self, tokens, valid, y):
        return F.cross_entropy(self.out(self.pool(tokens, valid)), y)
