import torch
from torch import nn
import torch.utils.checkpoint as cp


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(4, 4)
        self.blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(2))

    def loss(self, x, y):
        h = self.stem(x)
        for block in self.blocks:
            h = cp.checkpoint(lambda v, block=block: torch.tanh(block(v)), h, use_reentrant=True)
        return (h.sum(-1) - y).pow(2).mean()
