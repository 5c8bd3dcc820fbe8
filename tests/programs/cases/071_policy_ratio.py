import torch
from torch import nn


class PPO(nn.Module):
    def __init__(self, clip=0.2):
        super().__init__()
        self.pi = nn.Linear(3, 2)
        self.clip = clip

    def log_prob(self, obs, act):
        return self.pi(obs).log_softmax(-1).gather(-1, act[:, None]).squeeze(-1).detach()

    def surrogate(self, obs, act, old, adv):
        ratio = torch.exp(self.log_prob(obs, act) - old)
        clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
        return -torch.min(ratio * adv, clipped * adv).mean()
