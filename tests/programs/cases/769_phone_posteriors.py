import torch
from torch import nn


class AlignLoss(nn.Module):
    def best_path(self, logp, phones):
        scores = [logp[0, phones[0]]]
        for t in range(1, len(logp)):
            options = [scores[-1] + logp[t, p] for p in phones]
            scores.append(torch.logsumexp(torch.tensor(options), dim=0))
        return scores[-1]

    def forward(self, logp, phones):
        return -self.best_path(logp.log_softmax(-1), phones) / len(logp)
