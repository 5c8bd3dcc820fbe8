import torch
from torch import nn
import torch.nn.functional as F


class Selector(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.score = nn.Linear(d, 2)

    def mask(self, feats, tau=1.0):
        return F.gumbel_softmax(self.score(feats), tau=tau, hard=True)[..., 0]

    def loss(self, feats, y, sparsity=0.3):
        m = self.mask(feats)
        pred = (m.unsqueeze(-1) * feats).sum((1, 2))
        return F.mse_loss(pred, y) + (m.mean() - sparsity).abs()
