from dataclasses import dataclass

import torch


@dataclass
class CodecConfig:
    levels: int = 16
    noise: bool = False
    weight: float = 0.5


def quantise(latent, cfg):
    scaled = latent.tanh() * (cfg.levels // 2)
    if cfg.noise:
        return scaled + torch.rand_like(scaled) - 0.5
    return scaled.round()


def reconstruction_loss(latent, signal, cfg=CodecConfig()):
    coded = quantise(latent, cfg) / (cfg.levels // 2)
    return cfg.weight * (coded - signal).pow(2).mean()
