import torch
import torch.nn.functional as F


def circle_loss(sp, sn, m=0.25, gamma=8.0):
    ap = torch.clamp_min(-sp.detach() + 1 + m, min=0.0)
    an = torch.clamp_min(sn.detach() + m, min=0.0)
    logit_p = -ap * (sp - (1 - m)) * gamma
    logit_n = an * (sn - m) * gamma
    return F.softplus(torch.logsumexp(logit_n, dim=0) + torch.logsumexp(logit_p, dim=0))
