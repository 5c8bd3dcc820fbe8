import torch
import torch.nn.functional as F


def info_nce(q, k, tau=0.2):
    q = F.normalize(q, dim=-1).detach()
    k = F.normalize(k, dim=-1)
    logits = q @ k.T / tau
    labels = torch.arange(q.size(0), device=q.device)
    return F.cross_entropy(logits, labels)
