import torch
import torch.nn as nn
from torch.distributions import Bernoulli

model = nn.Linear(6, 1)


def compute_reward(seq, actions):
    _seq = seq.detach()
    _actions = actions.detach()
    pick_idxs = _actions.squeeze().nonzero().squeeze()
    num_picks = len(pick_idxs) if pick_idxs.ndimension() > 0 else 1
    if num_picks <= 1:
        return torch.tensor(0.1)
    normed = _seq / _seq.norm(p=2, dim=1, keepdim=True)
    dissim = 1.0 - normed @ normed.t()
    sub = dissim[pick_idxs, :][:, pick_idxs]
    return sub.sum() / (num_picks * (num_picks - 1.0))


def episode_cost(seq, beta=0.01, num_episode=3, baseline=0.2):
    probs = torch.sigmoid(model(seq))
    cost = beta * (probs.mean() - 0.5) ** 2
    m = Bernoulli(probs)
    epis_rewards = []
    for _ in range(num_episode):
        actions = m.sample()
        log_probs = m.log_prob(actions)
        reward = compute_reward(seq, actions)
        expected_reward = log_probs.mean() * (reward - baseline)
        cost = cost - expected_reward
        epis_rewards.append(reward.item())
    return cost
