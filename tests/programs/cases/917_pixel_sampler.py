import torch
from torch import nn


class PatchSampler(nn.Module):
    """Learns where to look: a predicted offset picks one feature of the map."""

    def __init__(self, d=4, size=8):
        super().__init__()
        self.offset = nn.Linear(d, 2)
        self.size = size

    def look(self, fmap, query):
        xy = torch.sigmoid(self.offset(query)) * (self.size - 1)
        x, y = xy.to(torch.int64).unbind(-1)
        return fmap[:, y, x].t()

    def loss(self, fmap, query, wanted):
        return (self.look(fmap, query) - wanted).abs().mean()
