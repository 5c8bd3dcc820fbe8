import torch
from torch.func import jacrev, vmap


def smooth_objective(enc, x):
    jac = vmap(jacrev(lambda row: torch.tanh(enc(row))))(x)
    size = torch.tanh(enc(x)).var(dim=0).sum()
    return jac.pow(2).mean() - 0.1 * size
