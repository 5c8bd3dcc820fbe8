import torch
from torch import nn
import torch.nn.functional as F


class GammaFilter:
    span = 3.0

    def regress(self, feature):
        low = 1 / self.span
        return low + (self.span - low) * torch.sigmoid(feature)

    def process(self, image, parameter):
        return image.clamp_min(1e-3) ** float(parameter)


class AdaptiveFilters(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn_pp = nn.Linear(16, 1)
        self.detector = nn.Linear(16, 3)
        self.filters = [GammaFilter()]

    def enhance(self, image):
        feature = self.cnn_pp(image.flatten(1))
        out = []
        for one, f in zip(image, feature):
            for filt in self.filters:
                one = filt.process(one, filt.regress(f[0]))
            out.append(one)
        return torch.stack(out)

    def loss(self, image, label):
        return F.cross_entropy(self.detector(self.enhance(image).flatten(1)), label)
