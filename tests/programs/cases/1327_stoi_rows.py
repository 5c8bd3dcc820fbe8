import torch
from torch import nn

EPS = 1e-8


def masked_mean(x, mask=None, dim=-1):
    if mask is None:
        return x.mean(dim, keepdim=True)
    return (x * mask).sum(dim, keepdim=True) / (mask.sum(dim, keepdim=True) + EPS)


def rowcol_normalize(sig, mask=None):
    """Rows, then columns, to zero mean and unit norm."""
    for dim in (2, 1):
        m = masked_mean(sig, mask, dim=dim)
        diff = sig - m if mask is None else (sig - m) * mask
        norm = torch.sqrt(torch.sum(diff ** 2, dim=dim, keepdim=True))
        sig = diff / (norm + EPS)
    return sig


class IntelligibilityLoss(nn.Module):
    def __init__(self, bands=3, seg=4):
        super().__init__()
        self.bands, self.seg = bands, seg

    def forward(self, est, ref, mask):
        x = est.unfold(-1, self.seg, self.seg).transpose(1, 2).flatten(0, 1)
        y = ref.unfold(-1, self.seg, self.seg).transpose(1, 2).flatten(0, 1)
        m = mask.unfold(-1, self.seg, self.seg).transpose(1, 2).flatten(0, 1)
        d = (rowcol_normalize(x, m) * rowcol_normalize(y, m)).sum(dim=(1, 2))
        return -d.mean()
