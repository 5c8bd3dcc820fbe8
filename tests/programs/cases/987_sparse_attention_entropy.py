import torch
from torch import nn


class TopKRouter(nn.Module):
    def __init__(self, d=4, n=6, k=2):
        super().__init__()
        self.gate = nn.Linear(d, n)
        self.k = k

    def probs(self, x):
        logits = self.gate(x)
        top, idx = logits.topk(self.k, dim=-1)
        sparse = torch.full_like(logits, float("-inf")).scatter(-1, idx, top)
        return sparse.softmax(dim=-1)

    def aux(self, x):
        p = self.probs(x)
        return (p * torch.log(p)).sum(-1).mean()
