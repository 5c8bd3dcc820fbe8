import torch
from torch.distributions import Categorical


def bandit_loss(logits, payoff, beta=0.01):
    policy = Categorical(logits=logits)
    arm = policy.sample()
    reward = payoff.gather(1, arm[:, None]).squeeze(1)
    advantage = reward - reward.mean()
    return -(policy.log_prob(arm) * advantage).mean() - beta * policy.entropy().mean()
