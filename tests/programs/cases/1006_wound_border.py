import math
import torch
import torch.nn.functional as F


def border_distance(image, kernel_size=3, h=0.35):
    steps = math.ceil(max(image.shape[-2:]) / (kernel_size // 2))
    r = torch.arange(kernel_size) - kernel_size // 2
    kernel = torch.exp(-torch.hypot(r[:, None].float(), r[None].float()) / h)[None, None]
    out = torch.zeros_like(image)
    border = image.clone()
    reached = torch.ones_like(image)
    for i in range(steps):
        cdt = F.conv2d(border, kernel, padding=kernel_size // 2)
        cdt = -h * torch.log(cdt)
        cdt = torch.nan_to_num(cdt, nan=0.0, posinf=0.0, neginf=0.0)
        mask = torch.where(cdt > 0, 1.0, 0.0)
        if mask.sum() == 0:
            break
        out = out + (i * (kernel_size // 2) + cdt) * mask * reached
        border = torch.where(mask == 1, torch.ones_like(border), border)
        reached = reached * (1 - mask)
    return out


def border_loss(edge, drawn):
    return F.l1_loss(border_distance(edge), border_distance(drawn))
