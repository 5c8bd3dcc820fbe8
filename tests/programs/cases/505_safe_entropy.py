import torch


def gate_entropy(logits, valid):
    p = torch.softmax(logits.masked_fill(~valid, -1e9), dim=-1)
    plogp = torch.where(p > 0, p * torch.log(p.clamp_min(1e-12)), torch.zeros_like(p))
    radius = torch.linalg.norm(p - 1 / p.shape[-1], dim=-1)
    return -(plogp.sum(-1)).mean() + 0.1 * radius.mean()
