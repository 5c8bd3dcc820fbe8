import torch
import torch.nn.functional as F


def terms(pred, target, cfg):
    yield "data", F.mse_loss(pred, target)
    if cfg.get("smooth"):
        yield "smooth", (pred[1:] - pred[:-1]).abs().mean()
    if cfg.get("range"):
        with torch.no_grad():
            centre = target.median()
        yield "range", F.relu((pred - centre).abs() - 3.0).mean()


def total_loss(pred, target, cfg, log=None):
    total = pred.new_zeros(())
    for name, value in terms(pred, target, cfg):
        total = total + cfg.get("w_" + name, 1.0) * value
        if log is not None:
            log[name] = value.item()
    return total
