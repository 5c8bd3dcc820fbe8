import copy

import torch
from torch import nn
import torch.nn.functional as F


class MeanTeacher(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.student = net
        self.teacher = copy.deepcopy(net)
        for p in self.teacher.parameters():
            p.detach_()

    def after_step(self, a=0.99):
        for t, s in zip(self.teacher.parameters(), self.student.parameters()):
            t.data.mul_(a).add_(s.data, alpha=1 - a)

    def loss(self, x, y, noise=0.1):
        out = self.student(x + noise * torch.randn_like(x))
        goal = self.teacher(x + noise * torch.randn_like(x))
        labelled = y >= 0
        sup = F.cross_entropy(out[labelled], y[labelled])
        return sup + F.mse_loss(out.softmax(1), goal.softmax(1))
