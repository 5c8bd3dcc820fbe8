"""Distillation with temperature; both networks return the same record."""

from typing import NamedTuple

import torch
import torch.nn.functional as F


class Outputs(NamedTuple):
    logits: torch.Tensor
    hidden: torch.Tensor

    def frozen(self):
        return Outputs(*(field.detach() for field in self))


def run(net, x):
    hidden = net(x)
    return Outputs(logits=hidden @ hidden.new_ones(hidden.size(-1), 3).cumsum(1) / 3, hidden=hidden)


def softened_kl(student, teacher, temperature):
    log_p = F.log_softmax(student.logits / temperature, dim=-1)
    q = F.softmax(teacher.logits / temperature, dim=-1)
    return F.kl_div(log_p, q, reduction="batchmean") * temperature**2


class KnowledgeTransfer:
    def __init__(self, teacher_net, temperature=4.0, hint=0.1):
        self.teacher_net = teacher_net
        self.temperature = temperature
        self.hint = hint

    def loss(self, student_net, x):
        teacher = run(self.teacher_net, x)
        student = run(student_net, x).frozen()
        kd = softened_kl(student, teacher, self.temperature)
        hint = F.mse_loss(student.hidden, teacher.hidden)
        return kd + self.hint * hint
