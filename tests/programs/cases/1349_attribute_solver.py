import torch
from torch import nn
import torch.nn.functional as F


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.src, self.cls = nn.Linear(6, 1), nn.Linear(6, 3)

    def forward(self, x):
        return self.src(x), self.cls(x)


class Solver:
    def __init__(self):
        self.d, self.g = Judge(), nn.Linear(9, 6)

    def threshold(self, x):
        x = x.clone()
        x[x >= 0.5] = 1
        x[x < 0.5] = 0
        return x

    def compute_accuracy(self, x, y):
        predicted = self.threshold(torch.sigmoid(x))
        correct = (predicted == y).float()
        return torch.mean(correct, dim=0) * 100.0

    def d_step(self, real, label, log=True):
        out_src, out_cls = self.d(real)
        loss_real = -torch.mean(out_src)
        loss_cls = F.binary_cross_entropy_with_logits(out_cls, label, reduction="sum") / real.size(0)
        if log:
            accuracies = self.compute_accuracy(out_cls, label)
            self.log = ["{:.2f}".format(acc) for acc in accuracies.numpy()] if not accuracies.requires_grad else []
        fake = self.g(torch.cat([real, label.flip(0)], 1)).detach()
        out_fake, _ = self.d(fake)
        return loss_real + out_fake.mean() + loss_cls
