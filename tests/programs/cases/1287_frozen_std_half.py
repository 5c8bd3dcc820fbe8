import torch


def info_nce_half(z1, z2, tau=0.07):
    a = z1.to(torch.float16)
    b = z2.to(torch.float16)
    a = a / (a.norm(dim=-1, keepdim=True) + 1e-12)
    b = b / (b.norm(dim=-1, keepdim=True) + 1e-12)
    sim = (a.float() @ b.float().t()) / tau
    return torch.nn.functional.cross_entropy(sim, torch.arange(len(sim)))
