import torch


def charge_loss(current, resistance, heat, eps=1e-8):
    power = (current ** 2).sum(-1)
    rms = torch.sqrt(power + eps)
    angle = torch.acos((current[..., 0] / rms).clamp(-1 + 1e-4, 1 - 1e-4))
    idle = power < 1e-6
    log_power = torch.log(torch.where(idle, torch.ones_like(power), power))
    ratio = (resistance * power) / heat.clamp_min(eps)
    return ratio.mean() + 0.1 * angle.mean() + 0.01 * log_power.sum()
