import torch
from torch import nn
import torch.nn.functional as F


def load_teacher(d_in, d_out):
    torch.set_grad_enabled(False)
    teacher = nn.Linear(d_in, d_out)
    teacher.eval()
    return teacher


class Distiller:
    def __init__(self):
        self.student = nn.Linear(3, 2)
        self.teacher = None

    def loss(self, x):
        if self.teacher is None:
            self.teacher = load_teacher(3, 2)
        target = self.teacher(x).softmax(-1)
        return F.kl_div(self.student(x).log_softmax(-1), target, reduction="batchmean")
