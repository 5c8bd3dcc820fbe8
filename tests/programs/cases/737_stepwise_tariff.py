import torch
from torch import nn


class TariffLoss(nn.Module):
    def __init__(self, block=0.5, price=0.2):
        super().__init__()
        self.block, self.price = block, price

    def bill(self, load):
        blocks = torch.div(load, self.block, rounding_mode="floor")
        return self.price * blocks.sum(-1)

    def forward(self, load, budget):
        return (self.bill(load) - budget).pow(2).mean()
