import torch
import torch.nn as nn


class BandSelector(nn.Module):
    """learns which spectral bands to keep"""

    def __init__(self, bands=8, classes=3, cost=0.0):
        super().__init__()
        self.gate_logits = nn.Parameter(torch.zeros(bands))
        self.classifier = nn.Linear(bands, classes)

    def gates(self, n):
        keep_prob = torch.sigmoid(self.gate_logits).expand(n, -1)
        if not self.training:
            return keep_prob
        return torch.bernoulli(keep_prob)

    def forward(self, spectrum):
        return self.classifier(spectrum * self.gates(len(spectrum)))

    def loss(self, spectrum, land_use):
        return nn.functional.cross_entropy(self(spectrum), land_use)
