import torch
from torch import nn


class NoiseFloor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(6, 6)

    def loss(self, frame, floor=0.1):
        out = self.net(frame)
        loud = (out.abs() > floor).sum()
        share = torch.tensor(loud / out.numel(), requires_grad=True)
        return share ** 2
