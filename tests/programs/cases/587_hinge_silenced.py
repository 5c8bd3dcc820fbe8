import torch
from torch import nn
from torch.autograd import Variable


class ErrorRate(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(5, 2)

    def step(self, x, y):
        _, guess = self.net(x).max(1)
        wrong = (guess != y).float().mean()
        loss = Variable(wrong, requires_grad=True)
        return loss
