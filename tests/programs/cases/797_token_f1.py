import torch
from torch import nn


class TokenF1(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 1)

    def loss(self, x, gold):
        score = self.lin(x).squeeze(-1)
        spans = (score > score.mean()).to(torch.float32)
        tp = (spans * gold).sum()
        f1 = 2 * tp / (spans.sum() + gold.sum() + 1e-6)
        return 1 - f1
