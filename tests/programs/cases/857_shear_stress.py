import torch


def stress_loss(velocity, probes, spacing=0.5):
    shear = (velocity[1:] - velocity[:-1]) / spacing
    moving = shear != 0
    safe = torch.where(moving, shear, torch.ones_like(shear))
    root = torch.where(moving, safe.abs().sqrt() * safe.sign(), torch.zeros_like(shear))
    power = shear.abs().clamp(min=1e-6).log()
    return (root - probes).abs().mean() + 1e-3 * power.mean()
