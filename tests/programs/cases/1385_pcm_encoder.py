import torch
from torch import nn


class Recorder(nn.Module):
    full_scale = 32767

    def __init__(self, sample_type=torch.int16):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(0.7))
        self.sample_type = sample_type

    def encode(self, wave):
        loud = torch.tanh(self.gain * wave) * self.full_scale
        return loud.to(self.sample_type)

    def decode(self, samples):
        return samples.float() / self.full_scale

    def loss(self, wave, clean):
        return (self.decode(self.encode(wave)) - clean).pow(2).mean()
