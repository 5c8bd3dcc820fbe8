import torch
import torch.nn as nn
import torch.nn.functional as F


def D(p, z, version="simplified"):
    if version == "original":
        z = z.detach()
        p = F.normalize(p, dim=1)
        z = F.normalize(z, dim=1)
        return -(p * z).sum(dim=1).mean()
    return -F.cosine_similarity(p, z.detach(), dim=-1).mean()


class SimSiam(nn.Module):
    def __init__(self, d_in=10, d_proj=8, d_pred=4):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(d_in, 16), nn.BatchNorm1d(16), nn.ReLU(inplace=True),
            nn.Linear(16, d_proj), nn.BatchNorm1d(d_proj, affine=False),
        )
        self.predictor = nn.Sequential(nn.Linear(d_proj, d_pred), nn.ReLU(inplace=True), nn.Linear(d_pred, d_proj))

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        p1, p2 = self.predictor(z1), self.predictor(z2)
        L = D(z1, p2) / 2 + D(z2, p1) / 2
        return L
