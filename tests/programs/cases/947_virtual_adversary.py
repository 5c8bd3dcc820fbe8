import torch
import torch.nn.functional as F


def unit(d):
    return d / (d.flatten(1).norm(dim=1, keepdim=True) + 1e-8)


def vat_loss(model, x, xi=1e-1, eps=1.0):
    with torch.no_grad():
        clean = F.softmax(model(x), dim=1)
    d = unit(torch.rand_like(x) - 0.5).requires_grad_()
    gap = F.kl_div(F.log_softmax(model(x + xi * d), dim=1), clean, reduction="batchmean")
    direction = unit(torch.autograd.grad(gap, d)[0].detach())
    noisy = F.log_softmax(model(x + eps * direction), dim=1)
    return F.kl_div(noisy, clean, reduction="batchmean")
