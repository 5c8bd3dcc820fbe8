import torch
from torch import nn


class BidLoss(nn.Module):
    """Second-price auction: the negative surplus of a learned bid."""

    def forward(self, bid, price, value):
        won = (bid > price).to(value)
        surplus = won * (value - price)
        return -surplus.mean()
