import torch
from torch import nn
import torch.nn.functional as F


class MixLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = {"l1": F.l1_loss, "mse": F.mse_loss, "huber": F.smooth_l1_loss}

    def forward(self, pred, y, **weights):
        values = {k: f(pred, y) for k, f in self.parts.items()}
        w = torch.tensor([weights.get(k, 1.0) for k in values])
        return (w * torch.tensor(list(values.values()))).sum()
