import torch
from torch import nn
import torch.nn.functional as F


class Centred(nn.Module):
    def __init__(self, d=4, m=0.9):
        super().__init__()
        self.m = m
        self.register_buffer("centre", torch.zeros(1, d))

    @torch.no_grad()
    def update(self, teacher):
        self.centre.mul_(self.m).add_(teacher.mean(0, keepdim=True), alpha=1 - self.m)

    def loss(self, student, teacher):
        q = F.softmax((teacher - self.centre) / 0.1, dim=-1).detach()
        out = -(q * F.log_softmax(student, dim=-1)).sum(-1).mean()
        self.update(teacher)
        return out
