import torch
from torch.distributions import Categorical, kl_divergence


def kl_step_loss(policy, old_policy, obs, act, adv, beta=0.5):
    new = Categorical(logits=policy(obs))
    with torch.no_grad():
        old = Categorical(logits=old_policy(obs))
        old_logp = old.log_prob(act)
    ratio = (new.log_prob(act) - old_logp).exp()
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    early = kl_divergence(old, new).mean()
    if early.item() > 1.5:
        beta = 2 * beta
    return -(ratio * adv).mean() + beta * early
