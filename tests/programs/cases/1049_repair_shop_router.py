import torch
from torch import nn
import torch.nn.functional as F


class RepairShop(nn.Module):
    """Sends every ticket to its k best experts."""

    def __init__(self, dim=5, experts=4, k=2, noise=1e-2):
        super().__init__()
        self.router = nn.Linear(dim, experts)
        self.experts = nn.ModuleList(nn.Linear(dim, 3) for _ in range(experts))
        self.k, self.noise = k, noise

    def forward(self, x):
        logits = self.router(x)
        if self.training:
            logits = logits + self.noise * torch.randn_like(logits)
        gates, inds = torch.topk(torch.softmax(logits, dim=-1), self.k, dim=-1)
        outputs = torch.stack([e(x) for e in self.experts], dim=1)
        chosen = torch.gather(outputs, 1, inds.unsqueeze(-1).expand(-1, -1, outputs.size(-1)))
        return chosen.mean(dim=1)

    def loss(self, ticket, outcome):
        return F.cross_entropy(self(ticket), outcome)
