import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def make_critics(obs_dim, act_dim):
    critics = nn.ModuleList(nn.Linear(obs_dim + act_dim, 1) for _ in range(2))
    return critics.requires_grad_(False)


def squashed_sample(actor, obs):
    mu, log_std = actor(obs).chunk(2, dim=-1)
    log_std = torch.clamp(log_std, -20, 2)
    eps = torch.randn_like(mu)
    u = mu + log_std.exp() * eps
    logp = (-0.5 * eps.pow(2) - log_std - 0.5 * math.log(2 * math.pi)).sum(-1)
    logp -= (2 * (math.log(2) - u - F.softplus(-2 * u))).sum(axis=-1)
    return torch.tanh(u), logp


def sac_policy_loss(actor, critics, log_alpha, obs, target_entropy=-2.0):
    pi, logp_pi = squashed_sample(actor, obs)
    sa = torch.cat([obs, pi], dim=-1)
    q_pi = torch.min(critics[0](sa), critics[1](sa)).squeeze(-1)
    alpha = log_alpha.exp().detach()
    actor_loss = (alpha * logp_pi - q_pi).mean()
    alpha_loss = -(log_alpha * (logp_pi + target_entropy).detach()).mean()
    return actor_loss + alpha_loss, {"entropy": -logp_pi.detach().mean().item(), "alpha": alpha.item()}
