import torch
from torch import nn
import torch.nn.functional as F


class RoadDiffusion(nn.Module):
    def __init__(self, roads=6, dim=4):
        super().__init__()
        self.denoise = nn.Linear(dim, dim)
        self.register_buffer("road_emb", torch.randn(roads, dim))
        reach = torch.full((roads, roads), 1e-10)
        reach[torch.arange(roads - 1), torch.arange(1, roads)] = 1.0
        self.register_buffer("reach", reach)

    def losses(self, x0, eps):
        noisy = 0.8 * x0 + 0.6 * eps
        noise_loss = F.mse_loss(self.denoise(noisy), eps)
        guess = F.normalize(x0, dim=-1) @ F.normalize(self.road_emb, dim=-1).T
        road = guess.argmax(-1)
        blocked = self.reach[road[:, :-1], road[:, 1:]] == 1e-10
        walk_loss = torch.sum(blocked).float()
        return noise_loss + 0.1 * walk_loss
