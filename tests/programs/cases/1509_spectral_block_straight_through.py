import torch
import torch.nn as nn


class Adaptive_Spectral_Block(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.complex_weight_high = nn.Parameter(torch.randn(dim, 2, dtype=torch.float32) * 0.02)
        self.threshold_param = nn.Parameter(torch.rand(1) * 0.5)

    def create_adaptive_high_freq_mask(self, x_fft):
        energy = torch.abs(x_fft).pow(2).sum(dim=-1)
        median_energy = energy.flatten(1).median(dim=1, keepdim=True)[0]
        normalized_energy = energy / (median_energy + 1e-6)
        mask = (normalized_energy > self.threshold_param).float() - self.threshold_param
        return (mask.detach() + self.threshold_param).unsqueeze(-1)

    def forward(self, x_in):
        x_fft = torch.fft.rfft(x_in.to(torch.float32), dim=1, norm="ortho")
        x_masked = x_fft * self.create_adaptive_high_freq_mask(x_fft)
        x_weighted = x_masked * torch.view_as_complex(self.complex_weight_high)
        return torch.fft.irfft(x_weighted, n=x_in.size(1), dim=1, norm="ortho")
