import torch


def count_objects_loss(density, count, level=0.3):
    peaks = torch.nn.functional.max_pool2d(density, 3, 1, 1)
    is_peak = (density == peaks) & (density > level)
    found = is_peak.sum(dim=(1, 2, 3)).float()
    loss = (found - count).abs().mean()
    return loss.clone().requires_grad_()
