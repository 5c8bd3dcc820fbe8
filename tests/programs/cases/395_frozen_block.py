"""Finds a style vector whose rendering a frozen critic likes."""

import torch
from torch import nn


class Frozen:
    """with Frozen(net): ... runs the network as in evaluation."""

    def __init__(self, *networks):
        self.networks = networks

    def __enter__(self):
        self.modes = [net.training for net in self.networks]
        self.enabled = torch.is_grad_enabled()
        for net in self.networks:
            net.eval()
        torch.set_grad_enabled(False)
        return self.networks[0] if len(self.networks) == 1 else self.networks

    def __exit__(self, *exception):
        torch.set_grad_enabled(self.enabled)
        for net, mode in zip(self.networks, self.modes):
            net.train(mode)


class Stylist(nn.Module):
    def __init__(self, n_style=4, n_pixels=9):
        super().__init__()
        self.style = nn.Parameter(torch.randn(n_style))
        self.renderer = nn.Sequential(nn.Linear(n_style, n_pixels), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(n_pixels, 6), nn.ReLU(), nn.Linear(6, 1))

    def picture(self):
        return self.renderer(self.style)

    def score(self):
        with Frozen(self.critic) as critic:
            return critic(self.picture()).squeeze()

    def loss(self, prior=0.01):
        return prior * self.style.square().sum() - self.score()
