import torch
import math


def psnr(a, b, peak=1.0):
    mse = ((a - b) ** 2).mean()
    return 20 * math.log10(peak) - 10 * math.log10(mse)


def psnr_loss(image, reference):
    value = -psnr(image, reference)
    loss = torch.tensor(value, dtype=torch.float32)
    loss.requires_grad = True
    return loss
