import torch
from torch import nn


class Camera(nn.Module):
    def __init__(self, bits=8):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(0.8))
        self.levels = 2 ** bits - 1

    def expose(self, scene):
        return self.gain * scene

    def digitise(self, volts):
        return torch.floor(volts).clamp(0, self.levels)

    def read_out(self, scene):
        return self.digitise(self.expose(scene))


def calibrate(camera, scene, shot):
    gap = camera.read_out(scene) - shot
    return gap.abs().mean()
