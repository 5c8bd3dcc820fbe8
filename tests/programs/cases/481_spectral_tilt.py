import torch


def to_db(power, floor=-80.0):
    db = 10 * torch.log10(power)
    return torch.where(power > 0, db, torch.full_like(power, floor))


def tilt_loss(spec, ref):
    db = to_db(spec)
    low, high = db[:, :4].mean(1), db[:, 4:].mean(1)
    return ((low - high) - ref).abs().mean()
