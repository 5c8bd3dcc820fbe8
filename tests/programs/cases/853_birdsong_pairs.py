import torch
from torch import nn
import torch.nn.functional as F


class SongContrast(nn.Module):
    def __init__(self, dim=4, size=8, margin=0.3):
        super().__init__()
        self.margin = margin
        self.register_buffer("stored", F.normalize(torch.randn(size, dim), dim=1))
        self.cursor = 0

    def forward(self, song, call):
        song, call = F.normalize(song, dim=1), F.normalize(call, dim=1)
        with torch.no_grad():
            hardest = (song @ self.stored.T).topk(2, dim=1).indices
        negative = (song[:, None] * self.stored[hardest].clone()).sum(-1)
        positive = (song * call).sum(-1, keepdim=True)
        loss = F.relu(negative - positive + 2 * self.margin).mean()
        rows = torch.arange(self.cursor, self.cursor + len(call)) % len(self.stored)
        self.stored[rows] = call.detach()
        self.cursor = int(rows[-1]) + 1
        return loss
