import torch
from torch import nn
import torch.nn.functional as F


class CascadeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 4)
        self.second = nn.Linear(9, 4)

    def loss(self, x, boxes):
        coarse = self.first(x)
        refined = coarse.detach() + self.second(torch.cat([x, coarse.detach()], dim=1))
        return F.l1_loss(coarse, boxes) + F.l1_loss(refined, boxes)
