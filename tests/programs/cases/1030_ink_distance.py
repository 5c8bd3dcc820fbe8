import torch
import torch.nn.functional as F


def ink_distance(ink, kernel, h=0.35, rounds=3):
    out = torch.zeros_like(ink)
    for i in range(rounds):
        cdt = F.conv2d(ink, kernel, padding=1)
        positive = cdt > 0
        cdt = -h * torch.log(torch.where(positive, cdt, torch.ones_like(cdt)))
        cdt = torch.where(positive, cdt, torch.zeros_like(cdt))
        cdt = torch.nan_to_num(cdt, nan=0.0, posinf=0.0, neginf=0.0)
        out = out + i + cdt
        ink = torch.where(cdt > 0, torch.ones_like(ink), ink)
    return out


def ink_loss(ink, target):
    kernel = torch.tensor([[0.1, 0.2, 0.1], [0.2, 1.0, 0.2], [0.1, 0.2, 0.1]])[None, None]
    return F.mse_loss(ink_distance(ink, kernel), target)
