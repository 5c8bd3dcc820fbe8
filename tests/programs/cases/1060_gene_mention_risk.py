import torch
from torch import nn


class MentionTrainer:
    """Tags gene names from a dictionary only: positive and unlabelled words."""

    def __init__(self, dim=6, prior=0.2, m=1.0, beta=0.0):
        self.tagger = nn.Linear(dim, 2)
        self.prior, self.m, self.beta = prior, m, beta

    def mae(self, prob, label):
        onehot = torch.eye(2)[torch.full((len(prob),), label)]
        return (onehot - prob).abs().sum(1).mean()

    def mini_batch_risk(self, words, flag):
        prob = torch.softmax(self.tagger(words), dim=1)
        labelled, unlabelled = prob[flag == 1], prob[flag == 0]
        p_risk = self.prior * self.mae(labelled, 1).item()
        n_risk = self.mae(unlabelled, 0).item() - self.prior * self.mae(labelled, 0).item()
        risk = self.m * p_risk + n_risk
        if n_risk < self.beta:
            risk = -n_risk
        self.accuracy = (prob.argmax(1) == flag).float().mean().item()
        return risk
