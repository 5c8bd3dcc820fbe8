import torch
from torch import nn
import torch.nn.functional as F


class PebbleCircle(nn.Module):
    def __init__(self, m=0.25, gamma=16):
        super().__init__()
        self.m, self.gamma = m, gamma

    def forward(self, features, labels):
        unit = F.normalize(features)
        similar = unit @ unit.T
        same = (labels[:, None] == labels[None]).triu(1)
        other = (labels[:, None] != labels[None]).triu(1)
        sp, sn = similar[same], similar[other]
        ap = torch.clamp_min(-sp.detach() + 1 + self.m, min=0.0)
        an = torch.clamp_min(sn.detach() + self.m, min=0.0)
        logit_p = -ap * (sp - (1 - self.m)) * self.gamma
        logit_n = an * (sn - self.m) * self.gamma
        return F.softplus(torch.logsumexp(logit_n, 0) + torch.logsumexp(logit_p, 0))
