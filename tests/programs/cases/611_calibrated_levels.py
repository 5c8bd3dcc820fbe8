import torch


class WaterLevel:
    def __init__(self, resolution=0.25):
        self.resolution = resolution

    def reading(self, raw, gain, offset):
        level = gain * raw + offset
        return torch.floor(level / self.resolution) * self.resolution

    def calibrate(self, gain, offset, raw, gauge):
        err = self.reading(raw, gain, offset) - gauge
        return err.pow(2).mean() + 0.5 * err.mean().abs()
