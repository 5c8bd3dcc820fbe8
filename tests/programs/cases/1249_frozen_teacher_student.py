import copy
import torch
from torch import nn
import torch.nn.functional as F


class MeanTeacher(nn.Module):
    def __init__(self, alpha=0.99):
        super().__init__()
        self.student = nn.Linear(5, 3)
        self.teacher = copy.deepcopy(self.student)
        self.teacher.requires_grad_(False)
        self.alpha = alpha
        self.step = 0

    @torch.no_grad()
    def update(self):
        a = min(1 - 1 / (self.step + 1), self.alpha)
        for t, s in zip(self.teacher.parameters(), self.student.parameters()):
            t.mul_(a).add_(s, alpha=1 - a)

    def training_step(self, batch, batch_idx):
        (x, y), u = batch
        sup = F.cross_entropy(self.student(x), y)
        target = self.teacher(u).softmax(-1)
        confident = (target.amax(-1) > 0.5).float()
        cons = (F.mse_loss(self.student(u + 0.1 * torch.randn_like(u)).softmax(-1), target, reduction="none").mean(-1) * confident).mean()
        self.step += 1
        self.update()
        return sup + min(1.0, self.step / 100) * cons
