import torch
from torch import nn


class RainDenoiser(nn.Module):
    def __init__(self, cells=6, steps=20):
        super().__init__()
        self.net = nn.Linear(cells + 1, cells)
        self.register_buffer("alpha_bar", torch.linspace(0.999, 0.9, steps).cumprod(0))

    @torch.no_grad()
    def corrupt(self, radar, t):
        noise = torch.randn_like(radar)
        keep = self.alpha_bar[t].unsqueeze(1)
        return keep.sqrt() * radar + (1 - keep).sqrt() * noise, keep

    def loss(self, radar):
        t = torch.randint(len(self.alpha_bar), (len(radar),))
        noisy, keep = self.corrupt(radar, t)
        guess = self.net(torch.cat([noisy, t[:, None].float() / len(self.alpha_bar)], 1))
        snr = (keep / (1 - keep)).clamp(max=5.0)
        return (snr * (guess - radar) ** 2).mean()
