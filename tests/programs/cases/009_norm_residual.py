import torch


def eikonal(sdf_grad, weight=0.1):
    length = torch.sqrt((sdf_grad ** 2).sum(dim=-1))
    return weight * ((length - 1.0) ** 2).mean()
