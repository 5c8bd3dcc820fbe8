import copy

import torch
from torch import nn
import torch.nn.functional as F


class Byol(nn.Module):
    def __init__(self, d=5):
        super().__init__()
        self.encoder = nn.Linear(d, d)
        self.predictor = nn.Linear(d, d)
        self.momentum_encoder = copy.deepcopy(self.encoder)

    def half(self, a, b):
        p = F.normalize(self.predictor(self.encoder(a)), dim=-1)
        z = F.normalize(self.momentum_encoder(b), dim=-1).detach()
        return 2 - 2 * (p * z).sum(-1).mean()

    def loss(self, a, b):
        return self.half(a, b) + self.half(b, a)
