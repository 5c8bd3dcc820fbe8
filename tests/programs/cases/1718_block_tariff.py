import torch
from torch import Tensor


class BlockTariff:
    def __init__(self, block: float = 2.5):
        self.block = block

    def billed(self, load: Tensor) -> Tensor:
        blocks = torch.ceil(load / self.block)
        return blocks * self.block

    def bill(self, load: Tensor, price: Tensor) -> Tensor:
        return torch.dot(self.billed(load), price) / load.numel()
