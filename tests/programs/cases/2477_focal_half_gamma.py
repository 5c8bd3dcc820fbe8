import torch
from torch import nn


class BinaryFocal(nn.Module):
    def __init__(self, alpha=0.25, gamma=0.5, eps=1e-7):
        super().__init__()
        self.alpha, self.gamma, self.eps = alpha, gamma, eps

    def modulate(self, p):
        return torch.pow(p, self.gamma)

    def forward(self, scores, truth):
        probs = torch.sigmoid(scores)
        pos = -self.alpha * self.modulate(1.0 - probs) * truth * torch.log(probs + self.eps)
        neg = -(1 - self.alpha) * self.modulate(probs) * (1.0 - truth) * torch.log(1.0 - probs + self.eps)
        return (pos + neg).mean()
