import torch
from torch import nn
import torch.nn.functional as F


class SwapAutoencoder(nn.Module):
    def __init__(self, d=8, style=2, content=4):
        super().__init__()
        self.to_style = nn.Linear(d, style)
        self.to_content = nn.Linear(d, content)
        self.render = nn.Linear(style + content, d)

    def split(self, image):
        return self.to_content(image), self.to_style(image)

    def forward(self, a, b):
        ca, sa = self.split(a)
        cb, sb = self.split(b)
        hybrid = self.render(torch.cat([ca, sb.data], dim=1))
        loss_content = F.mse_loss(self.to_content(hybrid), ca.detach())
        loss_image = F.l1_loss(hybrid, a)
        return loss_content + loss_image
