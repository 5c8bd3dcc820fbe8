import copy

import torch
from torch import nn


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.teacher = copy.deepcopy(self.net)

    def loss(self, x, x_aug):
        with torch.no_grad():
            probs = self.teacher(x).softmax(1)
            sure, label = probs.max(1)
        keep = sure.ge(0.2).float()
        ce = nn.functional.cross_entropy(self.net(x_aug), label, reduction="none")
        return (ce * keep).sum() / keep.sum().clamp(min=1)
