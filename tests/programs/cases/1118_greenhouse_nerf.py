import torch
import torch.nn.functional as F


def sample_pdf(bins, weights, n, det=False):
    weights = weights + 1e-5
    pdf = weights / weights.sum(-1, keepdim=True)
    cdf = torch.cumsum(pdf, -1)
    cdf = torch.cat([torch.zeros_like(cdf[..., :1]), cdf], -1)
    u = torch.linspace(0.0, 1.0, n).expand(len(cdf), n) if det else torch.rand(len(cdf), n)
    inds = torch.searchsorted(cdf.detach(), u.contiguous(), right=True)
    below, above = (inds - 1).clamp(min=0), inds.clamp(max=cdf.shape[-1] - 1)
    cdf_lo, cdf_hi = cdf.gather(1, below), cdf.gather(1, above)
    bin_lo, bin_hi = bins.gather(1, below), bins.gather(1, above)
    denom = cdf_hi - cdf_lo
    denom = torch.where(denom < 1e-5, torch.ones_like(denom), denom)
    return bin_lo + (u - cdf_lo) / denom * (bin_hi - bin_lo)


def composite(raw, z):
    dists = torch.cat([z[:, 1:] - z[:, :-1], torch.full_like(z[:, :1], 1e10)], -1)
    alpha = 1.0 - torch.exp(-F.relu(raw[..., 3]) * dists)
    trans = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :1]), 1.0 - alpha + 1e-10], -1), -1)[:, :-1]
    weights = alpha * trans
    return (weights[..., None] * torch.sigmoid(raw[..., :3])).sum(1), weights


def render_loss(coarse, fine, origin, direction, rgb):
    z = torch.linspace(1.0, 3.0, 8).expand(len(origin), 8)
    points = origin[:, None] + z[..., None] * direction[:, None]
    first, weights = composite(coarse(points), z)
    mids = 0.5 * (z[:, 1:] + z[:, :-1])
    z_fine = sample_pdf(mids, weights[:, 1:-1], 6).detach()
    z_all, _ = torch.sort(torch.cat([z, z_fine], -1), -1)
    points = origin[:, None] + z_all[..., None] * direction[:, None]
    second, _ = composite(fine(points), z_all)
    psnr = -10.0 * torch.log10(F.mse_loss(second, rgb)).item()
    return F.mse_loss(first, rgb) + F.mse_loss(second, rgb) + 0.0 * psnr
