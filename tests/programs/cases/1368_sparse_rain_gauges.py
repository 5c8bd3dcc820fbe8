import torch


def gauge_loss(radar, gain, gauges):
    """Gauges report nan when they are iced up."""
    rain = radar * gain
    ratio = gauges * torch.exp(-rain)
    misfit = torch.nansum(ratio)
    return misfit / radar.numel() + 0.01 * gain.pow(2).mean()
