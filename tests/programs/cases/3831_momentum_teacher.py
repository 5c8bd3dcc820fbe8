import copy

import torch
from torch import nn
import torch.nn.functional as F


class SelfDistill(nn.Module):
    def __init__(self, d=5, k=8, momentum=0.99, temp=0.1, teacher_temp=0.04):
        super().__init__()
        self.student = nn.Sequential(nn.Linear(d, 16), nn.GELU(), nn.Linear(16, k))
        self.teacher = copy.deepcopy(self.student)
        for p in self.teacher.parameters():
            p.requires_grad = False
        self.register_buffer("center", torch.zeros(k))
        self.momentum, self.temp, self.teacher_temp = momentum, temp, teacher_temp

    @torch.no_grad()
    def update_teacher(self):
        for ps, pt in zip(self.student.parameters(), self.teacher.parameters()):
            pt.data.mul_(self.momentum).add_(ps.data, alpha=1 - self.momentum)

    @torch.no_grad()
    def targets(self, view):
        out = self.teacher(view)
        probs = F.softmax((out - self.center) / self.teacher_temp, dim=-1)
        self.center.mul_(0.9).add_(0.1 * out.mean(0))
        return probs

    def forward(self, global_view, local_view):
        self.update_teacher()
        q = self.targets(global_view)
        logp = F.log_softmax(self.student(local_view) / self.temp, dim=-1)
        return -(q * logp).sum(-1).mean()
