import torch


def edge_aware(disp, img, valid):
    """Mean-normalised disparity gradients, weighted by image edges."""
    mean_disp = (disp * valid).sum((2, 3), keepdim=True) / valid.sum((2, 3), keepdim=True)
    norm_disp = disp / mean_disp
    gx = (norm_disp[..., :-1] - norm_disp[..., 1:]).abs()
    ix = (img[..., :-1] - img[..., 1:]).abs().mean(1, keepdim=True)
    loss = gx * torch.exp(-ix)
    return torch.where(torch.isfinite(loss), loss, torch.zeros_like(loss)).mean()
