import torch


def herd_loss(weights, measured, farm, lam=0.1):
    """Weights should match and vary little within a farm."""
    fit = torch.nn.functional.mse_loss(weights, measured)
    spread = []
    for f in torch.unique(farm):
        members = weights[farm == f]
        spread.append(members.std() / members.mean().abs().clamp(min=1e-3))
    return fit + lam * torch.stack(spread).mean()
