import torch
import torch.nn.functional as F


def ncc(a, b, eps=1e-5):
    a, b = a - a.mean(), b - b.mean()
    return -(a * b).sum() / (a.norm() * b.norm() + eps)


def warp(image, flow):
    size = image.shape[2:]
    grid = F.affine_grid(torch.eye(2, 3)[None].expand(len(image), -1, -1), image.shape, align_corners=False)
    return F.grid_sample(image, grid + flow.permute(0, 2, 3, 1), align_corners=False)


def registration_step(net, moving, fixed, thresh=0.05, occ=0.01):
    flow_xy = torch.tanh(net(torch.cat([moving, fixed], 1)))
    flow_yx = torch.tanh(net(torch.cat([fixed, moving], 1)))
    back = warp(flow_yx, flow_xy)
    norm_diff = torch.norm(flow_xy + back, dim=1, keepdim=True)
    smooth = F.avg_pool2d(norm_diff, 3, stride=1, padding=1)
    occ_xy = (smooth > thresh).float()
    mask_xy = 1 - (smooth > 0.3).float()
    loss_ncc = ncc(warp(moving, flow_xy) * mask_xy, fixed * mask_xy)
    loss_occ = torch.mean(occ_xy)
    loss_reg = (flow_xy[..., 1:] - flow_xy[..., :-1]).pow(2).mean()
    return loss_ncc + occ * loss_occ + 0.1 * loss_reg
