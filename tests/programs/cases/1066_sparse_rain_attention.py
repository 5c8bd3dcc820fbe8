import torch
from torch import nn


class RainAttention(nn.Module):
    def __init__(self, dim=6, heads=2):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.temperature = nn.Parameter(torch.ones(heads, 1, 1))
        self.mix = nn.Parameter(torch.tensor([0.2, 0.2]))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attn = (nn.functional.normalize(q, dim=-1) @ nn.functional.normalize(k, dim=-1).transpose(-2, -1))
        attn = attn * self.temperature
        outs = []
        for frac in (2, 3):
            mask = torch.zeros(b, self.heads, n, n, device=x.device, requires_grad=False)
            index = torch.topk(attn, k=max(1, n // frac), dim=-1, largest=True)[1]
            mask.scatter_(-1, index, 1.0)
            kept = torch.where(mask > 0, attn, torch.full_like(attn, float("-inf")))
            outs.append(kept.softmax(dim=-1) @ v)
        out = outs[0] * self.mix[0] + outs[1] * self.mix[1]
        return out.transpose(1, 2).reshape(b, n, d)

    def loss(self, rainy, clear):
        return (rainy - self(rainy) - clear).abs().mean()
