import torch
import torch.nn.functional as F
from torch import nn


class LeakyLayer:
    """Leaky integrate-and-fire neurons; emits 1 where the membrane crosses the threshold."""

    def __init__(self, decay=0.8, threshold=0.5):
        self.decay, self.threshold = decay, threshold

    def fire(self, membrane):
        spikes = torch.zeros_like(membrane)
        spikes[membrane > self.threshold] = 1.0
        return spikes

    def run(self, currents):
        membrane = torch.zeros_like(currents[0])
        for current in currents:
            membrane = self.decay * membrane + current
            spikes = self.fire(membrane)
            membrane = membrane - spikes.detach() * self.threshold
            yield spikes


class SpikingClassifier(nn.Module):
    def __init__(self, n_in=6, n_hidden=8, n_classes=3):
        super().__init__()
        self.inp = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_classes)
        self.layer = LeakyLayer()

    def forward(self, events):
        currents = [self.inp(frame) for frame in events.unbind(1)]
        rate = torch.stack(list(self.layer.run(currents))).mean(0)
        return self.out(rate)

    def loss(self, events, label):
        return F.cross_entropy(self(events), label)
