import torch


def soft_threshold_loss(residual, delta=0.5):
    """Barron's general loss for alpha = 1 on one side, log on the other."""
    mag = residual.abs()
    near = 0.5 * mag ** 2
    far = delta * torch.log(mag / delta) + 0.5 * delta ** 2
    return torch.where(mag < delta, near, far).mean()
