import torch
import torch.nn as nn
import torch.nn.functional as F


class Dice(nn.Module):
    """Data adaptive activation of the deep interest network."""

    def __init__(self, emb_size, epsilon=1e-8, device="cpu"):
        super().__init__()
        self.bn = nn.BatchNorm1d(emb_size, eps=epsilon)
        self.sigmoid = nn.Sigmoid()
        self.alpha = torch.zeros((emb_size,)).to(device)

    def forward(self, x):
        assert x.dim() == 2
        x_p = self.sigmoid(self.bn(x))
        return self.alpha * (1 - x_p) * x + x_p * x


class CtrTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.act, self.out = nn.Linear(6, 4), Dice(4), nn.Linear(4, 1)

    def forward(self, feats, clicks):
        logit = self.out(self.act(self.fc(feats))).squeeze(1)
        return F.binary_cross_entropy_with_logits(logit, clicks)
