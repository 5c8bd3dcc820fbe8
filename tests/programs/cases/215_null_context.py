from contextlib import nullcontext

import torch


def ema_or_not(net, x, y, frozen):
    ctx = torch.no_grad() if frozen else nullcontext()
    with ctx:
        out = net(x)
    if frozen:
        return {"error": (out - y).abs().mean().item()}
    return (out - y).square().mean()
