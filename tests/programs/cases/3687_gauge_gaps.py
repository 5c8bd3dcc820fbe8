import torch


def huber(err, delta=1.0):
    small = err.abs() <= delta
    return torch.where(small, 0.5 * err ** 2, delta * (err.abs() - 0.5 * delta))


def elementwise(sim, obs):
    return huber(sim - obs)


def train_step(net, forcing, gauge, basin_weight=None):
    runoff = net(forcing)
    losses = elementwise(runoff, gauge)
    observed = torch.isfinite(gauge)
    losses = torch.where(observed, losses, torch.zeros_like(losses))
    if basin_weight is not None:
        losses = losses * basin_weight
    return losses.sum() / observed.sum().clamp(min=1)
