import torch


class Shrink(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        kept = x.abs() > lam
        return torch.where(kept, x - lam * torch.sign(x), 0.1 * x)


def silence_loss(x, y, lam=0.3):
    z = Shrink.apply(x, lam)
    return torch.nn.functional.l1_loss(z, y)
