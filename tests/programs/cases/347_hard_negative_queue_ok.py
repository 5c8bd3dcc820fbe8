import torch
import torch.nn.functional as F
from torch import nn


class RetrievalLoss(nn.Module):
    """The k passages that score highest among the wrong ones, plus a weight by rank."""

    def __init__(self, k=3, temperature=0.2):
        super().__init__()
        self.k = k
        self.temperature = temperature

    def hardest(self, scores, gold):
        wrong = scores.scatter(1, gold[:, None], float("-inf"))
        picked = wrong.argsort(dim=1, descending=True)[:, : self.k]
        return torch.gather(scores, 1, picked)

    def rank_weight(self, scores, gold):
        order = scores.argsort(dim=1, descending=True)
        rank = (order == gold[:, None]).int().argmax(dim=1)
        return 1.0 + torch.log1p(rank.float())

    def forward(self, queries, passages, gold):
        scores = F.normalize(queries, dim=-1) @ F.normalize(passages, dim=-1).T
        own = scores.gather(1, gold[:, None])
        logits = torch.cat([own, self.hardest(scores, gold)], dim=1) / self.temperature
        first = torch.zeros(len(gold), dtype=torch.long)
        per_query = F.cross_entropy(logits, first, reduction="none")
        weight = self.rank_weight(scores, gold)
        return (weight * per_query).sum() / weight.sum()
