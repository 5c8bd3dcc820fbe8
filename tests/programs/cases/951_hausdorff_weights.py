import torch
from torch import nn
from scipy.ndimage import distance_transform_edt


class HausdorffDT(nn.Module):
    def field(self, x):
        fg = (x > 0.5).cpu().numpy()
        return torch.from_numpy(distance_transform_edt(fg) + distance_transform_edt(~fg)).float()

    def forward(self, pred, target):
        with torch.no_grad():
            dist = self.field(pred) ** 2 + self.field(target) ** 2
        err = (pred - target) ** 2
        return (err * dist).mean()
