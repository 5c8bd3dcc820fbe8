import torch
import torch.nn as nn
import torch.nn.functional as F


class Fair(nn.Module):
    def __init__(self, d=10):
        super().__init__()
        self.enc = nn.Linear(d, 6)
        self.clf = nn.Linear(6, 1)
        self.adv = nn.Linear(6, 1)

    def loss(self, x, y, a, lam=1.0):
        z = torch.tanh(self.enc(x))
        task = F.binary_cross_entropy_with_logits(self.clf(z).squeeze(1), y)
        leak = F.binary_cross_entropy_with_logits(self.adv(z.detach()).squeeze(1), a)
        return task - lam * leak
