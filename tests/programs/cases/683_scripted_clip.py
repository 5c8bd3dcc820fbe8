import torch


@torch.jit.script
def shrink(w: torch.Tensor, k: int):
    top = torch.topk(w.abs().detach(), k)
    return torch.zeros_like(w).scatter(0, top.indices, top.values)


def clip_loss(weights, x, y):
    kept = shrink(weights, 3)
    return ((x @ kept - y) ** 2).mean()
