import torch
from torch import nn


class TopicModel(nn.Module):
    def __init__(self, docs=3, topics=4, vocab=6):
        super().__init__()
        start = torch.randn(docs, topics)
        start[:, 0] = -200.0  # the background topic starts switched off
        self.theta = nn.Parameter(start)
        self.beta = nn.Parameter(torch.randn(topics, vocab))

    def concentration(self, mixture):
        return (mixture * torch.log(mixture)).sum(dim=1)

    def elbo_gap(self, counts):
        mixture = torch.softmax(self.theta, dim=1)
        words = mixture @ torch.softmax(self.beta, dim=1)
        fit = -(counts * torch.log(words)).sum(dim=1)
        return (fit + 0.1 * self.concentration(mixture)).mean()
