import torch
import torch.nn.functional as F
from torch import nn


class PairwiseRanker(nn.Module):
    """LambdaRank: pairs weigh what swapping them would change in NDCG."""

    def __init__(self, n_features=4):
        super().__init__()
        self.scorer = nn.Linear(n_features, 1)

    def delta_ndcg(self, s, relevance):
        rank = s.argsort(descending=True).argsort() + 1
        discount = 1 / torch.log2(rank.float() + 1)
        gain = 2.0**relevance - 1
        return (gain[:, None] - gain).abs() * (discount[:, None] - discount).abs()

    def objective(self, docs, relevance):
        s = self.scorer(docs).squeeze(1)
        better = relevance[:, None] > relevance[None]
        weight = self.delta_ndcg(s, relevance)
        cost = F.softplus(-(s[:, None] - s[None]))
        return (weight * cost)[better].mean()
