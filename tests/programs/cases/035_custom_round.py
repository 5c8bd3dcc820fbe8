import torch


class LevelQuant(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w, levels):
        scale = w.abs().max()
        return torch.round(w / scale * levels) / levels * scale

    @staticmethod
    def backward(ctx, grad):
        return None, None


def quantize_loss(w, x, levels=7):
    q = LevelQuant.apply(w, levels)
    return (x @ q).pow(2).mean()
