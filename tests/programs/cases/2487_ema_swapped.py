import copy

import torch
from torch import nn
import torch.nn.functional as F


class MeanTeacher(nn.Module):
    def __init__(self, d=4, k=3, decay=0.99):
        super().__init__()
        self.student = nn.Sequential(nn.Linear(d, 8), nn.ReLU(), nn.Linear(8, k))
        self.teacher = copy.deepcopy(self.student)
        for p in self.teacher.parameters():
            p.requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self):
        for t, s in zip(self.teacher.parameters(), self.student.parameters()):
            t.lerp_(s, 1 - self.decay)

    def consistency(self, weak, strong):
        with torch.no_grad():
            student = F.log_softmax(self.student(strong), dim=-1)
        teacher = F.softmax(self.teacher(weak), dim=-1)
        return F.kl_div(student, teacher, reduction="batchmean")
