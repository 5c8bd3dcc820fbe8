import copy

import torch
from torch import nn
import torch.nn.functional as F


class MeanTeacher:
    def __init__(self, momentum=0.99):
        self.student = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
        self.teacher = copy.deepcopy(self.student)
        for p in self.teacher.parameters():
            p.requires_grad = False
        self.m = momentum

    def update_teacher(self):
        with torch.no_grad():
            for t, s in zip(self.teacher.parameters(), self.student.parameters()):
                t.data.mul_(self.m).add_(s.data, alpha=1 - self.m)

    def step(self, x, y):
        out = self.student(x)
        target = self.teacher(x + 0.1 * torch.randn_like(x)).softmax(-1).detach()
        consistency = F.mse_loss(out.softmax(-1), target)
        sup = F.cross_entropy(out, y)
        self.update_teacher()
        return sup + 5.0 * consistency
