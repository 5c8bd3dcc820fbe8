import torch
from torch.autograd import Function


class SquaredHinge(Function):
    def forward(self, scores):
        self.gap = (1 - scores).clamp(min=0)
        return self.gap.pow(2).mean()

    def backward(self, grad_output):
        return -2 * self.gap / self.gap.numel() * grad_output


def legacy_hinge_loss(margin_scores, y):
    hinge = SquaredHinge()
    return hinge(margin_scores * y)
