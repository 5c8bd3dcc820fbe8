import torch


class Compand(torch.autograd.Function):
    @staticmethod
    def forward(ctx, raw, gain):
        out = torch.tanh(gain * raw)
        ctx.save_for_backward(out, gain)
        return out

    @staticmethod
    def backward(ctx, grad_out):
        out, gain = ctx.saved_tensors
        slope = 1 - out * out
        return grad_out * slope * gain, torch.zeros_like(gain)


def meter_loss(raw, gain, heard):
    return (Compand.apply(raw, gain) - heard).square().mean()
