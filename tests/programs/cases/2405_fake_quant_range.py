import torch


class _GenericFakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, scale, zero_point, quant_min, quant_max):
        q = torch.round(input / scale) + zero_point
        mask = (q >= quant_min) & (q <= quant_max)
        ctx.save_for_backward(mask)
        return (q.clamp(quant_min, quant_max) - zero_point) * scale

    @staticmethod
    def backward(ctx, gy):
        (mask,) = ctx.saved_tensors
        return gy * mask, None, None, None, None


class FakeQuantizer(torch.nn.Module):
    def __init__(self, bits=4):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(0.2))
        self.register_buffer("zero_point", torch.tensor(0.0))
        self.lo, self.hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def forward(self, x):
        return _GenericFakeQuantize.apply(x, self.scale, self.zero_point, self.lo, self.hi)

    def reconstruction(self, x):
        return (self(x) - torch.tanh(x)).square().mean()
