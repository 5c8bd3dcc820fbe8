import torch


class TotalVariation(torch.autograd.Function):
    @staticmethod
    def forward(ctx, img):
        step = img[..., 1:] - img[..., :-1]
        ctx.save_for_backward(step)
        return step.abs().sum()

    @staticmethod
    def backward(ctx, g):
        (step,) = ctx.saved_tensors
        grad = torch.nn.functional.pad(step.sign(), (1, 0))
        grad = g * (grad - torch.nn.functional.pad(step.sign(), (0, 1)))


def denoise_loss(img):
    return TotalVariation.apply(img)
