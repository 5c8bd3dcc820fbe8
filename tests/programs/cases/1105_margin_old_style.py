import torch
from torch import nn
from torch.autograd import Function


class MarginFunction(Function):
    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, score, label):
        self.save_for_backward(score, label)
        return torch.clamp(self.margin - score * label, min=0).mean()

    def backward(self, grad_output):
        score, label = self.saved_tensors
        active = (self.margin - score * label > 0).float()
        return -grad_output * active * label / score.numel(), None


class MarginLoss(nn.Module):
    def __init__(self, margin=1.0):
        super().__init__()
        self.margin = margin

    def forward(self, score, label):
        return MarginFunction(self.margin)(score, label)
