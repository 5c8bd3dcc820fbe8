import numpy as np
import torch
import torch.nn as nn
from scipy.ndimage import distance_transform_edt


class HausdorffDTLoss(nn.Module):
    """Binary Hausdorff loss based on distance transform (Karimi et al.)"""

    def __init__(self, alpha=2.0):
        super().__init__()
        self.alpha = alpha

    @torch.no_grad()
    def distance_field(self, img):
        field = np.zeros_like(img)
        for b in range(len(img)):
            fg = img[b] > 0.5
            if fg.any():
                field[b] = distance_transform_edt(fg) + distance_transform_edt(~fg)
        return field

    def forward(self, logits, target):
        pred = torch.sigmoid(logits)
        pred_dt = torch.from_numpy(self.distance_field(pred.detach().cpu().numpy())).float()
        target_dt = torch.from_numpy(self.distance_field(target.cpu().numpy())).float()
        pred_error = (pred - target) ** 2
        distance = pred_dt ** self.alpha + target_dt ** self.alpha
        return (pred_error * distance).mean()
