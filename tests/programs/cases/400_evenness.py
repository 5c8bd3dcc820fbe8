"""Evenness of the topics in each document: entropy over the entropy of a uniform spread."""

import torch
from torch import nn


def entropy(p, dim=-1):
    return torch.special.entr(p).sum(dim)


class TopicBalance(nn.Module):
    """Only the topics that are allowed for a document take part; sometimes that is a single one."""

    def __init__(self, target=0.7):
        super().__init__()
        self.target = target

    def shares(self, logits, allowed):
        return logits.masked_fill(~allowed, -1e9).softmax(-1)

    def evenness(self, logits, allowed):
        shares = self.shares(logits, allowed)
        most = allowed.sum(-1).float().log()
        return entropy(shares.clamp(min=1e-6)) / most

    def forward(self, topic_logits, allowed):
        evenness = self.evenness(topic_logits, allowed)
        gap = (self.target - evenness).clamp(min=0.0)
        several = allowed.sum(-1) > 1
        return (gap * several).sum() / several.sum().clamp(min=1)
