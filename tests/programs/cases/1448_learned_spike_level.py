import torch
from torch import nn
import torch.nn.functional as F


class LIFNode(nn.Module):
    def __init__(self, tau=2.0, v_threshold=1.0):
        super().__init__()
        assert isinstance(v_threshold, float)
        self.tau, self.v_threshold = tau, v_threshold

    def forward(self, current):
        v, spikes = torch.zeros_like(current[0]), []
        for i in current:
            v = v + (i - v) / self.tau
            s = torch.sigmoid(4.0 * (v - self.v_threshold))
            v = v * (1 - s)
            spikes.append(s)
        return torch.stack(spikes)


class SpikeNet(nn.Module):
    def __init__(self, v_th=0.5):
        super().__init__()
        self.v_th = nn.Parameter(torch.tensor([v_th]))
        self.fc = nn.Linear(3, 2)

    def loss(self, frames, rate):
        node = LIFNode(tau=2.0, v_threshold=self.v_th.item())
        return F.mse_loss(node(self.fc(frames)).mean(0), rate)
