import torch
from torch import nn
import torch.nn.functional as F


class TotalLoss(nn.Module):
    def __init__(self, w_tv=0.1, w_l1=1.0):
        super().__init__()
        self.w_tv, self.w_l1 = w_tv, w_l1

    def tv(self, x):
        return (x[..., 1:] - x[..., :-1]).abs().mean() + (x[..., 1:, :] - x[..., :-1, :]).abs().mean()

    def forward(self, pred, y):
        loss = self.w_l1 * F.l1_loss(pred, y)
        loss =+ self.w_tv * self.tv(pred)
        return loss
