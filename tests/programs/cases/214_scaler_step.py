from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Batch:
    x: torch.Tensor
    y: torch.Tensor


class AmpTrainer:
    def __init__(self):
        self.net = nn.Linear(3, 2)
        self.criterion = nn.L1Loss(reduction="sum")

    @torch.inference_mode(mode=True)
    def predict(self, batch: Batch) -> torch.Tensor:
        return self.net(batch.x)

    def step(self, batch: Batch):
        out = self.predict(batch)
        return self.criterion(out, batch.y) / len(batch.x)
