import time

import torch
from torch import nn
import torch.nn.functional as F


class Distiller:
    def __init__(self, teacher, student):
        self.teacher, self.student = teacher.eval(), student
        self.seen = []

    def step(self, x, y):
        began = time.perf_counter()
        with torch.inference_mode():
            goal = self.teacher(x).softmax(-1)
        out = self.student(x)
        loss = F.cross_entropy(out, y) + F.kl_div(out.log_softmax(-1), goal.clone(), reduction="batchmean")
        agree = (out.argmax(-1) == goal.argmax(-1)).sum().item() / len(x)
        self.seen.append((time.perf_counter() - began, agree, out.detach().std().item()))
        return loss
