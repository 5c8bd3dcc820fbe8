import torch
import torch.nn.functional as F


def weights(q, k, keep):
    a = F.softmax(q @ k.T / k.shape[-1] ** 0.5, dim=-1)
    a *= keep
    return a / a.sum(dim=-1, keepdim=True)


def attend_loss(q, k, v, keep, y):
    context = weights(q, k, keep) @ v
    return F.mse_loss(context, y)
