import torch
import torch.nn as nn
import torch.nn.functional as F


class ContrastivePairs(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Linear(dim, 3)

    def forward(self, left, right, same):
        scores = torch.tensor([
            F.cosine_similarity(self.proj(a), self.proj(b), dim=0)
            for a, b in zip(left, right)
        ])
        return F.mse_loss(scores, same)
