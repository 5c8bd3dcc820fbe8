import torch
import torch.nn as nn


class Adaptive_Spectral_Block(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.complex_weight_high = nn.Parameter(torch.randn(dim, 2, dtype=torch.float32) * 0.02)
        self.complex_weight = nn.Parameter(torch.randn(dim, 2, dtype=torch.float32) * 0.02)
        self.threshold_param = nn.Parameter(torch.rand(1) * 0.5)

    def create_adaptive_high_freq_mask(self, x_fft):
        B, _, _ = x_fft.shape
        energy = torch.abs(x_fft).pow(2).sum(dim=-1)
        flat_energy = energy.view(B, -1)
        median_energy = flat_energy.median(dim=1, keepdim=True)[0]
        normalized_energy = energy / (median_energy + 1e-6)
        threshold = torch.quantile(normalized_energy, self.threshold_param)
        dominant_frequencies = normalized_energy > threshold
        adaptive_mask = dominant_frequencies.float().unsqueeze(-1)
        return adaptive_mask

    def forward(self, x_in):
        B, N, C = x_in.shape
        x = x_in.to(torch.float32)
        x_fft = torch.fft.rfft(x, dim=1, norm="ortho")
        weight = torch.view_as_complex(self.complex_weight)
        x_weighted = x_fft * weight
        freq_mask = self.create_adaptive_high_freq_mask(x_fft)
        x_masked = x_fft * freq_mask
        x_weighted2 = x_masked * torch.view_as_complex(self.complex_weight_high)
        x_weighted += x_weighted2
        x = torch.fft.irfft(x_weighted, n=N, dim=1, norm="ortho")
        return x.view(B, N, C)
