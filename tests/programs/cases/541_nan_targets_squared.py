import torch


def sensor_mse(pred, readings):
    valid = ~torch.isnan(readings)
    err = (pred - readings) ** 2
    err = torch.where(valid, err, 0.0)
    return err.sum() / valid.sum().clamp(min=1)
