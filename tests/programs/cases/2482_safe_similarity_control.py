import torch
import torch.nn.functional as F


def unit(v, eps=1e-8):
    return v / v.norm(dim=-1, keepdim=True).clamp_min(eps)


def pairwise(a, b):
    return torch.cdist(a, b)


class Retrieval:
    def __init__(self, temperature=0.07, margin=0.2):
        self.t, self.margin = temperature, margin

    def contrast(self, q, k):
        logits = unit(q) @ unit(k).T / self.t
        return F.cross_entropy(logits, torch.arange(len(q)))

    def hinge(self, q, k):
        d = pairwise(q, k)
        pos = d.diagonal()
        neg = d + torch.eye(len(d)) * 1e6
        return F.relu(pos - neg.min(dim=1).values + self.margin).mean()

    def loss(self, query, keys):
        p = F.softmax(unit(query) @ unit(keys).T, dim=-1)
        entropy = -(p * torch.log(p + 1e-9)).sum(-1).mean()
        return self.contrast(query, keys) + self.hinge(query, keys) - 0.01 * entropy
