import torch
from typing import NamedTuple


class Batch(NamedTuple):
    old_logp: torch.Tensor
    rewards: torch.Tensor
    values: torch.Tensor


def standardize(x):
    return (x - x.mean()) / x.std()


def surrogate(ratio, adv, clip=0.2):
    return -torch.min(ratio * adv, ratio.clamp(1 - clip, 1 + clip) * adv).mean()


def ppo_loss(logp, batch):
    adv = standardize(batch.rewards - batch.values.detach())
    return surrogate(torch.exp(logp - batch.old_logp), adv)
