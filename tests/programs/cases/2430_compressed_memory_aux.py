import torch
from torch import nn
import torch.nn.functional as F


class ConvCompress(nn.Module):
    def __init__(self, dim, ratio=2):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, dim, ratio) * 0.1)
        self.ratio = ratio

    def forward(self, mem):
        mem = mem.transpose(1, 2)
        return F.conv1d(mem, self.weight, stride=self.ratio).transpose(1, 2)


def full_attn(q, k, v):
    dots = torch.einsum("bid,bjd->bij", q, k) * q.shape[-1] ** -0.5
    return torch.einsum("bij,bjd->bid", dots.softmax(dim=-1), v)


class CompressiveAttention(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_kv = nn.Linear(dim, dim * 2, bias=False)
        self.compress = ConvCompress(dim)

    def forward(self, x, mem):
        q = self.to_q(x)
        k, v = self.to_kv(torch.cat((mem, x), dim=1)).chunk(2, dim=-1)
        out = full_attn(q, k, v)

        cmem = self.compress(mem)
        cmem_k, cmem_v = self.to_kv(cmem).chunk(2, dim=-1)
        old_k, old_v = k[:, : mem.shape[1]], v[:, : mem.shape[1]]
        q, old_k, old_v, cmem_k, cmem_v = map(torch.detach, (q, old_k, old_v, cmem_k, cmem_v))
        aux_loss = F.mse_loss(full_attn(q, old_k, old_v), full_attn(q, cmem_k, cmem_v))
        return out, cmem, aux_loss

    def training_loss(self, x, mem, y):
        out, _, aux_loss = self(x, mem)
        return F.mse_loss(out, y) + aux_loss
