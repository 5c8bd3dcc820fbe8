import torch
from torch import nn


class CRF(nn.Module):
    def __init__(self, tags=3):
        super().__init__()
        self.trans = nn.Parameter(torch.randn(tags, tags))

    def score(self, e, tags):
        s = e[torch.arange(len(tags)), tags].sum()
        return s + self.trans[tags[:-1], tags[1:]].sum()

    def log_z(self, e):
        a = e[0]
        for t in range(1, len(e)):
            a = torch.logsumexp(a.unsqueeze(1) + self.trans, 0) + e[t]
        return torch.logsumexp(a, 0)

    def neg_log_likelihood(self, emissions, tags, lengths):
        if lengths.max() < 2:
            return emissions.new_tensor(0.0)
        total = 0.0
        for e, y, n in zip(emissions, tags, lengths.tolist()):
            total = total + self.log_z(e[:n]) - self.score(e[:n], y[:n])
        return total / len(emissions)
