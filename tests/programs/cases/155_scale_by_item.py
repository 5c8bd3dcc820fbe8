import torch


def balanced(a, b, eps=1e-8):
    la, lb = a.square().mean(), b.abs().mean()
    with torch.no_grad():
        ratio = la / (lb + eps)
    norm = max(1.0, (la + lb).item())
    return (la + ratio * lb) / norm
