import torch
import torch.nn as nn
import torch.nn.functional as F


class Quantised(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def hard(self, x):
        return (self.fc(x) > 0).float()

    def forward(self, x):
        if not self.training:
            return self.hard(x)
        soft = torch.sigmoid(self.fc(x))
        return soft + (soft.round() - soft).detach()


def fit(net, x, y):
    hits = (net.hard(x) == y.round()).float().mean()
    loss = F.mse_loss(net(x), y)
    return loss * (1.5 - hits)
