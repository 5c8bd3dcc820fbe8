import torch
import torch.nn as nn


class Designer(nn.Module):
    """Sequence design: the oracle should like what the designer makes."""

    def __init__(self, length=5, letters=4):
        super().__init__()
        self.logits = nn.Parameter(torch.randn(length, letters))
        self.oracle = nn.Sequential(nn.Flatten(0), nn.Linear(length * letters, 8), nn.ReLU(), nn.Linear(8, 1))

    def loss(self, entropy=0.05):
        p = self.logits.softmax(-1)
        seq = torch.zeros_like(p).scatter_(1, p.argmax(1, keepdim=True), 1.0)
        return -self.oracle(seq).squeeze() + entropy * (p * p.clamp(min=1e-6).log()).sum()
