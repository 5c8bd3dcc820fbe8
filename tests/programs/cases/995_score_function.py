import torch
from torch.distributions import Categorical


def reinforce_loss(logits, reward_table, baseline, beta=0.01):
    pi = Categorical(logits=logits)
    a = pi.sample()
    r = reward_table.gather(1, a.unsqueeze(1)).squeeze(1)
    adv = r - baseline
    pg = -(pi.log_prob(a) * adv.detach()).mean()
    return pg + 0.5 * adv.pow(2).mean() - beta * pi.entropy().mean()
