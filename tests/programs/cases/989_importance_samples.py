import torch


def invert_cdf(weights, bins, u):
    pdf = weights / weights.sum(-1, keepdim=True)
    cdf = torch.cat([torch.zeros_like(pdf[..., :1]), pdf.cumsum(-1)], -1)
    hi = torch.searchsorted(cdf.detach(), u, right=True).clamp(1, cdf.shape[-1] - 1)
    lo = hi - 1
    c0, c1 = cdf.gather(-1, lo), cdf.gather(-1, hi)
    t = (u - c0) / (c1 - c0).clamp(min=1e-5)
    return bins.gather(-1, lo) + t * (bins.gather(-1, hi) - bins.gather(-1, lo))


def sample_pdf_loss(weights, bins, u, depth):
    return (invert_cdf(weights, bins, u).mean(-1) - depth).abs().mean()
