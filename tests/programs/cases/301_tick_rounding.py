import torch
from torch import nn


class LimitOrder(nn.Module):
    """Quotes live on a price grid; regret is measured in ticks."""

    def __init__(self, depth=5, tick=0.05):
        super().__init__()
        self.quote = nn.Linear(depth, 1)
        self.tick = tick

    def to_ticks(self, price):
        return price // self.tick

    def regret(self, book, fill):
        offer = self.quote(book).squeeze(-1)
        shortfall = self.to_ticks(fill) - self.to_ticks(offer)
        return shortfall.clamp(min=-10).abs().mean()
