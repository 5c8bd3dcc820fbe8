import torch
from torch import nn


class ContrastiveHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(3, 4)

    def loss(self, x, groups):
        z = nn.functional.normalize(self.proj(x), dim=-1)
        same = groups[:, None] == groups[None]
        same.fill_diagonal_(False)
        pairs = same.nonzero()
        if len(pairs) == 0:
            return x.new_zeros(())
        i, j = pairs.T
        return 1 - (z[i] * z[j]).sum(-1).mean()
