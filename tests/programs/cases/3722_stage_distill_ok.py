from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Weights:
    near: float = 5.0
    far: float = 2.0


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        a = F.relu(self.stem(x))
        return a, self.head(a.mean((2, 3)))


def stage_step(student, teacher, x, y, opt, log):
    feat, logits = student(x)
    with torch.no_grad():
        feat_t, logits_t = teacher(x)
    near = F.mse_loss(feat, feat_t)
    far = F.kl_div(F.log_softmax(logits, 1), F.softmax(logits_t, 1), reduction="batchmean")
    log["near"] = near.detach() * opt.near
    log["far"] = far.detach() * opt.far
    log["sum"] = log["near"] + log["far"]
    return F.cross_entropy(logits, y) + near * opt.near + far * opt.far
