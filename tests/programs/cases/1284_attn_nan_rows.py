import torch


def causal_block(q, k, v, valid):
    scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
    keep = valid.unsqueeze(-1) & valid.unsqueeze(-2)
    scores = scores.masked_fill(~keep, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


def block_loss(q, k, v, valid, want):
    out = causal_block(q, k, v, valid)
    return ((out - want) ** 2)[valid].mean()
