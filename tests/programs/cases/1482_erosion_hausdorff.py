import numpy as np
import torch
from torch import nn
from scipy.ndimage import convolve


class HausdorffERLoss(nn.Module):
    """Erosion form of the Hausdorff distance loss."""

    def __init__(self, alpha=2.0, erosions=3, **kwargs):
        super().__init__()
        self.alpha, self.erosions = alpha, erosions
        cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.float32)
        self.kernel2D = cross * 0.2

    def perform_erosion(self, pred, target):
        bound = (pred - target) ** 2
        bound = bound[:, 0]
        eroted = np.zeros_like(bound)
        for batch in range(len(bound)):
            for k in range(self.erosions):
                dilation = convolve(bound[batch], self.kernel2D, mode="constant", cval=0.0)
                erosion = dilation - 0.5
                erosion[erosion < 0] = 0
                bound[batch] = erosion
                eroted[batch] += erosion * (k + 1) ** self.alpha
        return eroted

    def forward(self, logits, target):
        pred = torch.sigmoid(logits)
        eroted = torch.from_numpy(self.perform_erosion(pred.detach().cpu().numpy(), target.cpu().numpy())).float()
        return eroted.mean()
