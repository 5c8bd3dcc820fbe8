import torch
from torch import nn
import torch.nn.functional as F


class TinyBlock(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.proj = nn.Linear(d, d)
        self.gain = nn.Parameter(torch.ones(d))

    def norm(self, h):
        var = h.var(dim=-1, keepdim=True)
        h -= h.mean(dim=-1, keepdim=True)
        return h / torch.sqrt(var + 1e-5) * self.gain

    def loss(self, x, y):
        return F.smooth_l1_loss(self.norm(self.proj(x)), y)
