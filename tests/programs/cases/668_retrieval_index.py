import torch
from torch import nn
import torch.nn.functional as F


class DualEncoder(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.query = nn.Linear(5, d)
        self.doc = nn.Linear(6, d)

    def encode(self, net, x):
        was = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        z = F.normalize(net(x), dim=-1)
        torch.set_grad_enabled(was)
        return z

    def loss(self, q, d, t=0.05):
        sims = self.encode(self.query, q) @ self.encode(self.doc, d).T
        return F.cross_entropy(sims / t, torch.arange(len(q)))
