import torch
import torch.nn as nn


class LIFNode(nn.Module):
    def __init__(self, tau=2.0, v_threshold=1.0, surrogate=None):
        super().__init__()
        assert isinstance(v_threshold, float) or torch.is_tensor(v_threshold)
        self.tau, self.v_threshold, self.surrogate = tau, v_threshold, surrogate

    def forward(self, x_seq):
        v, spikes = torch.zeros_like(x_seq[0]), []
        for x in x_seq:
            v = v + (x - v) / self.tau
            s = self.surrogate(v - self.v_threshold)
            v = v * (1.0 - s)
            spikes.append(s)
        return torch.stack(spikes)


class SpikingBlock(nn.Module):
    def __init__(self, v_th=0.6):
        super().__init__()
        self.v_th = nn.Parameter(torch.tensor([v_th]))
        self.fc = nn.Linear(5, 5)
        self.lif = LIFNode(tau=2.0, v_threshold=self.v_th.item(), surrogate=torch.sigmoid)

    def forward(self, x_seq, target):
        rate = self.lif(self.fc(x_seq)).mean(0)
        return ((rate - target) ** 2).mean()
