import torch

PEAK = 255.0


def to_display(img):
    img = img.clamp(0.0, 1.0).mul(PEAK)
    return img.to(torch.uint8)


def frame_loss(pred, frame):
    shown = to_display(pred)
    mse = (shown.float() - frame.float()).pow(2).mean()
    return 10.0 * torch.log10(mse / PEAK ** 2)
