import torch
import torch.nn.functional as F


class StyleTransfer:
    def __init__(self, content, device="cpu"):
        start = content.clone() + 0.1 * torch.randn_like(content)
        self.image = start.requires_grad_(True).to(device, torch.float64)
        self.content = content.double()

    def gram(self, x):
        f = x.flatten(1)
        return f @ f.t() / f.shape[1]

    def step(self, style, weight=10.0):
        content = F.mse_loss(self.image, self.content)
        return content + weight * F.mse_loss(self.gram(self.image), self.gram(style))
