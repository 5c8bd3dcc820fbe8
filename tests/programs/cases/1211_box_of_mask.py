import torch
import torch.nn.functional as F


def mask_to_box(mask, level=0.5):
    ys, xs = torch.where(mask > level)
    return torch.stack([xs.min(), ys.min(), xs.max(), ys.max()]).float()


def box_regression_loss(mask, box):
    return F.smooth_l1_loss(mask_to_box(mask.sigmoid()), box)
