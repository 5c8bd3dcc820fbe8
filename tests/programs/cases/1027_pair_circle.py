import torch
from torch import nn
import torch.nn.functional as F


def similarities(feature, label):
    sim = feature @ feature.transpose(1, 0)
    same = label.unsqueeze(1) == label.unsqueeze(0)
    positive = same.triu(diagonal=1)
    negative = same.logical_not().triu(diagonal=1)
    sim = sim.view(-1)
    return sim[positive.view(-1)], sim[negative.view(-1)]


class PairCircleLoss(nn.Module):
    def __init__(self, m=0.25, gamma=16.0):
        super().__init__()
        self.m, self.gamma = m, gamma
        self.soft_plus = nn.Softplus()

    def forward(self, feature, label):
        sp, sn = similarities(F.normalize(feature), label)
        ap = torch.clamp_min(-sp.detach() + 1 + self.m, min=0.0)
        an = torch.clamp_min(sn.detach() + self.m, min=0.0)
        logit_p = -ap * (sp - (1 - self.m)) * self.gamma
        logit_n = an * (sn - self.m) * self.gamma
        return self.soft_plus(torch.logsumexp(logit_n, dim=0) + torch.logsumexp(logit_p, dim=0))
