from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class HashConfig:
    features: int = 7
    bits: int = 12
    balance: float = 0.1


class DeepHash(nn.Module):
    def __init__(self, cfg: HashConfig):
        super().__init__()
        self.cfg = cfg
        self.proj = nn.Sequential(nn.Linear(cfg.features, 16), nn.ReLU(), nn.Linear(16, cfg.bits))

    def codes(self, x):
        logits = self.proj(x)
        return torch.sign(logits)

    def similarity_loss(self, x, same):
        c = self.codes(x)
        inner = c @ c.t() / self.cfg.bits
        target = 2.0 * same - 1.0
        balance = c.mean(dim=0).pow(2).mean()
        return (inner - target).pow(2).mean() + self.cfg.balance * balance
