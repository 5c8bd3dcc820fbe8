import torch
import torch.nn as nn
import torch.nn.functional as F


class FuseFeature(nn.Module):
    # fast normalized fusion, replaces concat
    def __init__(self, channels=4, e=1e-4, inplace=True):
        super(FuseFeature, self).__init__()
        self.e = e
        self.weight = nn.Parameter(torch.ones(2, dtype=torch.float32), requires_grad=True)
        self.weight_relu = nn.ReLU(inplace=inplace)
        self.conv = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        weight = self.weight_relu(self.weight)
        weight = weight / (torch.sum(weight, dim=0) + self.e)
        out = weight[0] * x[0] + weight[1] * x[1]
        return self.conv(out * torch.sigmoid(out))

    def loss(self, p3, p4, target):
        return F.smooth_l1_loss(self([p3, p4]), target)
