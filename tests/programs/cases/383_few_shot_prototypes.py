import torch
import torch.nn.functional as F
from torch import nn


class FewShot(nn.Module):
    """Prototypes are class means; a class may be missing from the support set of an episode."""

    def __init__(self, n_in=5, width=4, ways=4):
        super().__init__()
        self.embed = nn.Linear(n_in, width)
        self.ways = ways

    def prototypes(self, z, labels):
        member = F.one_hot(labels, self.ways).to(z.dtype)
        sums = member.T @ z
        return sums / member.sum(0)[:, None]

    def logits(self, queries, prototypes):
        gap = queries[:, None, :] - prototypes[None]
        return -gap.square().sum(-1)

    def episode_loss(self, support, support_labels, query, query_labels):
        prototypes = self.prototypes(self.embed(support), support_labels)
        scores = self.logits(self.embed(query), prototypes)
        present = torch.bincount(support_labels, minlength=self.ways) > 0
        scores = scores.masked_fill(~present, -1e4)
        return F.cross_entropy(scores, query_labels)
