import torch
from torch import nn
import torch.nn.functional as F


class VectorQuantization(nn.Module):
    def __init__(self, dim=4, codes=8):
        super().__init__()
        self.register_buffer("embed", torch.randn(codes, dim))

    def forward(self, x):
        ind = torch.cdist(x, self.embed).argmin(-1)
        quantize = F.embedding(ind, self.embed)
        commit = F.mse_loss(quantize.detach(), x)
        quantize = x + (quantize - x).detach()
        return quantize, ind, commit


class ResidualVectorQuantization(nn.Module):
    def __init__(self, num_quantizers=3):
        super().__init__()
        self.layers = nn.ModuleList([VectorQuantization() for _ in range(num_quantizers)])

    def forward(self, x):
        quantized_out, residual, losses = 0.0, x, []
        for layer in self.layers:
            quantized, _, loss = layer(residual)
            residual = residual - quantized
            quantized_out = quantized_out + quantized
            losses.append(loss)
        return quantized_out, torch.stack(losses)


class CodecTrainer(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.rvq = nn.Linear(6, 4), ResidualVectorQuantization()

    def commitment(self, wave):
        _, losses = self.rvq(self.encoder(wave))
        return losses.mean()
