import torch
from torch import nn


class EnergyJudge(nn.Module):
    """An autoencoder: what it rebuilds badly has a high energy."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Linear(6, 3), nn.Linear(3, 6)

    def forward(self, img):
        code = torch.relu(self.down(img))
        return self.up(code), code


def pullaway(code):
    norm = torch.sqrt(torch.sum(code ** 2, -1, keepdim=True) + 1e-8)
    unit = code / norm
    similarity = unit @ unit.t()
    n = code.size(0)
    return (similarity.sum() - n) / (n * (n - 1))


def generator_step(generator, judge, noise, weight=0.1):
    fake = generator(noise)
    recon, code = judge(fake)
    return nn.functional.mse_loss(recon, fake.detach()) + weight * pullaway(code)
