import torch


def value_loss(values, old_values, returns, clip=0.2):
    plain = (values - returns).pow(2)
    if clip is None:
        return 0.5 * plain.mean()
    moved = old_values + torch.clamp(values - old_values, -clip, clip)
    clipped = (moved - returns).pow(2)
    worst = torch.max(plain, clipped)
    if torch.isnan(worst).any():
        raise ValueError("nan in the value loss")
    return 0.5 * worst.mean()
