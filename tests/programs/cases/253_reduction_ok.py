import torch


def reduce_with(pred, y, how="mean", weight=None):
    err = (pred - y).abs()
    if weight is not None:
        err = err * weight
    if how == "mean":
        return err.mean()
    if how == "sum":
        return err.sum()
    if how == "none":
        return err
    if how == "batchmean":
        return err.sum() / max(1, len(err))
    raise NotImplementedError(f"{how} is not a reduction")
