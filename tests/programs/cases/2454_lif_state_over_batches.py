import torch
import torch.nn as nn
import torch.nn.functional as F


class LIFNode(nn.Module):
    def __init__(self, tau=2.0, v_threshold=1.0):
        super().__init__()
        self.tau, self.v_threshold = tau, v_threshold
        self.v = 0.0

    def reset(self):
        self.v = 0.0

    def neuronal_charge(self, x):
        self.v = self.v + (x - self.v) / self.tau

    def forward(self, x):
        self.neuronal_charge(x)
        return torch.sigmoid(4 * (self.v - self.v_threshold))


class SpikingNet(nn.Module):
    def __init__(self, T=4):
        super().__init__()
        self.fc, self.lif, self.T = nn.Linear(4, 2), LIFNode(), T

    def forward(self, x):
        out = 0
        for _ in range(self.T):
            out = out + self.lif(self.fc(x))
        return out / self.T

    def loss(self, x, y):
        return F.mse_loss(self(x), F.one_hot(y, 2).float())
