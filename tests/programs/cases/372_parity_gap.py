"""Loan approval with a fairness term: both groups should be accepted equally often."""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Applicants:
    features: torch.Tensor
    repaid: torch.Tensor
    group: torch.Tensor


@dataclass
class Penalty:
    strength: float = 5.0
    threshold: float = 0.5
    seen: list = field(default_factory=list)

    def acceptance(self, probability, member):
        accepted = torch.ge(probability, self.threshold).float()
        return (accepted * member).sum() / member.sum().clamp(min=1)

    def __call__(self, probability, group):
        rates = [self.acceptance(probability, (group == g).float()) for g in (0, 1)]
        gap = (rates[0] - rates[1]).abs()
        self.seen.append(gap.item())
        return self.strength * gap


class FairClassifier(nn.Module):
    def __init__(self, n_features=4):
        super().__init__()
        self.score = nn.Linear(n_features, 1)
        self.penalty = Penalty()

    def training_step(self, batch):
        logit = self.score(batch.features).squeeze(-1)
        fit = F.binary_cross_entropy_with_logits(logit, batch.repaid)
        return fit + self.penalty(logit.sigmoid(), batch.group)
