import torch
from torch import nn


class LogReturnLoss(nn.Module):
    def __init__(self, clip=0.5):
        super().__init__()
        self.clip = clip

    def forward(self, pred, last, traded):
        ratio = pred / last
        ret = torch.where(ratio > 0, torch.log(ratio), torch.zeros_like(ratio))
        loss = ret.clamp(-self.clip, self.clip).pow(2)
        return loss[traded].mean()
