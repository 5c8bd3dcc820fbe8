import torch
from torch import nn
import torch.nn.functional as F


class SoftmaxRegression(nn.Module):
    def __init__(self, features=4, classes=3):
        super().__init__()
        self.linear = nn.Linear(features, classes)
        self.linear.weight.detach().zero_()
        self.linear.bias.detach().zero_()

    def forward(self, x):
        logits = self.linear(x)
        return logits, F.softmax(logits, dim=1)

    def loss(self, x, y):
        logits, probas = self(x)
        self.last_acc = (probas.argmax(1) == y).float().mean()
        return F.cross_entropy(logits, y)
