import torch
import torch.nn.functional as F


def link_attention(q, k, dropped, y):
    att = F.softmax(q @ k.t(), dim=-1)
    att[dropped] = 0.0
    att = att / att.sum(-1, keepdim=True).clamp(min=1e-6)
    return F.mse_loss(att @ k, y)
