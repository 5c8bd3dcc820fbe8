import torch
import torch.nn.functional as F


def fixmatch(logits, y, weak, strong, threshold=0.4, lam=1.0):
    sup = F.cross_entropy(logits, y)
    prob = torch.softmax(weak.detach(), dim=-1)
    conf, pseudo = prob.max(dim=-1)
    mask = conf.ge(threshold).float()
    unsup = (F.cross_entropy(strong, pseudo, reduction="none") * mask).mean()
    return sup + lam * unsup
