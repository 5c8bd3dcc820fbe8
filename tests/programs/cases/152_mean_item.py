import torch


class Objective:
    """Decay term alone; the fit is measured elsewhere."""

    def __init__(self, net, decay=1e-2):
        self.net = net
        self.decay = decay

    def __call__(self, x):
        drift = sum(p.pow(2).sum().item() for p in self.net.parameters())
        return torch.as_tensor(self.decay * drift + x.numel() * 0.0)
