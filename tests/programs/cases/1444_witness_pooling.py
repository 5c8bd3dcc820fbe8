import torch
from torch import nn
import torch.nn.functional as F


class WitnessNet(nn.Module):
    """Statements are weighted by how credible they are, then summed."""

    def __init__(self, d=5):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(d, 4), nn.Tanh(), nn.Linear(4, 1))
        self.head = nn.Linear(d, 1)

    def pool(self, statements):
        credible = F.softmax(self.score(statements), dim=-1)
        return (credible * statements).sum(dim=1)

    def loss(self, statements, verdict):
        logit = self.head(self.pool(statements)).squeeze(-1)
        return F.binary_cross_entropy_with_logits(logit, verdict)
