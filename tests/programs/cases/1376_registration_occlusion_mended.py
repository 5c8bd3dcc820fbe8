import torch
import torch.nn.functional as F


def warp(image, flow):
    grid = F.affine_grid(torch.eye(2, 3)[None].expand(len(image), -1, -1), image.shape, align_corners=False)
    return F.grid_sample(image, grid + flow.permute(0, 2, 3, 1), align_corners=False)


def registration_step(net, moving, fixed, thresh=0.05, occ=0.01):
    flow_xy = torch.tanh(net(torch.cat([moving, fixed], 1)))
    flow_yx = torch.tanh(net(torch.cat([fixed, moving], 1)))
    norm_diff = torch.norm(flow_xy + warp(flow_yx, flow_xy), dim=1, keepdim=True)
    smooth = F.avg_pool2d(norm_diff, 3, stride=1, padding=1)
    occ_xy_l = F.relu(smooth - thresh) * 1000.0
    mask_xy = (smooth < thresh).float()
    gap = (warp(moving, flow_xy) - fixed) * mask_xy
    loss_sim = (gap ** 2).sum() / (mask_xy.sum() + 1e-5)
    loss_reg = (flow_xy[..., 1:] - flow_xy[..., :-1]).pow(2).mean()
    return loss_sim + occ * torch.mean(occ_xy_l) + 0.1 * loss_reg
