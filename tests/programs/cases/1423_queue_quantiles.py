import torch


def huber(td, kappa):
    inner = td.abs() <= kappa
    return torch.where(inner, 0.5 * td.pow(2), kappa * (td.abs() - 0.5 * kappa))


def quantile_huber(quantiles, targets, taus, kappa=1.0):
    td_errors = targets.detach().unsqueeze(1) - quantiles.unsqueeze(2)
    element = huber(td_errors, kappa)
    tilt = torch.abs(taus[..., None] - (td_errors.detach() < 0).float())
    loss = tilt * element / kappa
    return loss.sum(dim=1).mean(dim=1).mean()
