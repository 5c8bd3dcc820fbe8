import torch
from torch import nn
import torch.nn.functional as F


class Organs(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict({"liver": nn.Linear(4, 1), "spleen": nn.Linear(4, 1)})
        self.scale = {"liver": 1.0, "spleen": 3.0}

    def loss(self, x, y):
        loss = torch.zeros(())
        for organ, head in self.heads.items():
            err = F.l1_loss(head(x), y[organ])
            loss = self.scale[organ] * err
        return loss / len(self.heads)
