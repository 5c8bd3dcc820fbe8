import torch
from torch import nn
import torch.nn.functional as F


class TwoViews(nn.Module):
    def __init__(self, dim=6, out=5, momentum=0.9):
        super().__init__()
        self.student, self.head = nn.Linear(dim, 8), nn.Linear(8, out)
        self.teacher, self.teacher_head = nn.Linear(dim, 8), nn.Linear(8, out)
        self.teacher.load_state_dict(self.student.state_dict())
        self.teacher_head.load_state_dict(self.head.state_dict())
        for p in [*self.teacher.parameters(), *self.teacher_head.parameters()]:
            p.requires_grad = False
        self.m = momentum
        self.register_buffer("center", torch.zeros(1, out))

    @torch.no_grad()
    def update_center(self, teacher_out):
        batch_center = torch.sum(teacher_out, dim=0, keepdim=True) / len(teacher_out)
        self.center = self.center * self.m + batch_center * (1 - self.m)

    def forward_loss(self, a, b):
        s = [self.head(F.gelu(self.student(v))) / 0.1 for v in (a, b)]
        t = self.teacher_head(F.gelu(self.teacher(torch.cat([a, b]))))
        t_out = F.softmax((t - self.center) / 0.04, dim=-1).detach().chunk(2)
        total, n = 0, 0
        for iq, q in enumerate(t_out):
            for v in range(len(s)):
                if v == iq:
                    continue
                total += torch.sum(-q * F.log_softmax(s[v], dim=-1), dim=-1).mean()
                n += 1
        self.update_center(t)
        with torch.no_grad():
            for p, q in zip(self.student.parameters(), self.teacher.parameters()):
                q.data.mul_(self.m).add_((1 - self.m) * p.detach().data)
        return total / n
