import torch
from torch import nn


class Pipe:
    def __init__(self, dim=6, steps=4):
        self.unet = nn.Linear(dim + 1, dim)
        self.vae_decoder = nn.Linear(dim, 5).requires_grad_(False)
        self.sigmas = torch.linspace(1.0, 0.1, steps)

    def step(self, eps, sigma, x):
        return x - 0.3 * sigma * eps

    @torch.no_grad()
    def __call__(self, latents, guidance=1.5):
        for sigma in self.sigmas:
            t = sigma.expand(len(latents), 1)
            eps = self.unet(torch.cat([latents, t], dim=1))
            latents = self.step(guidance * eps, sigma, latents)
        return torch.sigmoid(self.vae_decoder(latents))


class PosterTuner:
    def __init__(self):
        self.pipe = Pipe()
        self.reward_model = nn.Sequential(nn.Linear(5, 8), nn.GELU(), nn.Linear(8, 1)).requires_grad_(False)

    def loss(self, latents):
        images = self.pipe(latents)
        rewards = self.reward_model(images)
        return torch.relu(2.0 - rewards).mean() * 1e-3
