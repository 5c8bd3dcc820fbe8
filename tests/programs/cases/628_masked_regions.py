import torch
import torch.nn.functional as F


def warp_x(img, flow):
    h, w = img.shape[-2:]
    xs = torch.linspace(-1, 1, w).expand(h, w) + flow
    ys = torch.linspace(-1, 1, h)[:, None].expand(h, w)
    grid = torch.stack([xs, ys], -1)[None]
    valid = (grid.abs() <= 1).all(-1)
    return F.grid_sample(img[None], grid, align_corners=True)[0], valid


def region_loss(flow, img, ref):
    moved, valid = warp_x(img, flow)
    occluded = (moved - ref).abs().mean(0) > 0.9
    use = (valid[0] & ~occluded).float()
    return ((moved - ref).abs().mean(0) * use).sum() / (use.sum() + 1e-6)
