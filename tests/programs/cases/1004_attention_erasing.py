import torch
from torch import nn
import torch.nn.functional as F


class TwoStage(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = nn.Linear(6, 8)
        self.back = nn.Linear(8, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        a = self.front(x).relu()
        b = self.back(a).relu()
        return a, b, self.head(b)


class MapDistance(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, s, t):
        return F.mse_loss(self.focus(s), self.focus(t))

    def focus(self, fm, eps=1e-6):
        am = torch.pow(torch.abs(fm), self.p)
        return am / (am.sum(1, keepdim=True) + eps)


def train_step(student, teacher, x, y, beta=(500, 1000), p=2.0):
    criterion_at = MapDistance(p)
    student.train()
    teacher.eval()
    a_s, b_s, out_s = student(x)
    a_t, b_t, _ = teacher(x)
    cls_loss = F.cross_entropy(out_s, y)
    b_loss = criterion_at(b_s, b_t.detach()).detach() * beta[1]
    a_loss = criterion_at(a_s, a_t.detach()).detach() * beta[0]
    return a_loss + b_loss + cls_loss
