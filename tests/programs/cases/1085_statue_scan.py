import torch
from torch import nn
from scipy.spatial import cKDTree


def chamfer(pred, scan):
    a, b = pred.detach().cpu().numpy(), scan.cpu().numpy()
    ab, _ = cKDTree(b).query(a)
    ba, _ = cKDTree(a).query(b)
    return torch.tensor(ab.mean() + ba.mean(), dtype=torch.float32)


class StatueDecoder(nn.Module):
    def __init__(self, latent=3, points=10):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(latent, 12), nn.ReLU(), nn.Linear(12, points * 3))
        self.code = nn.Parameter(torch.randn(latent))

    def forward(self):
        return self.mlp(self.code).view(-1, 3)

    def loss(self, scan, reg=1e-3):
        return chamfer(self(), scan) + reg * self.code.square().sum()
