import torch
from torch import nn
import torch.nn.functional as F
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self, obs=4, hid=8, act=2):
        super().__init__()
        self.trunk = nn.Linear(obs, hid)
        self.actor = nn.Linear(hid, act)
        self.critic = nn.Linear(hid, 1)

    def forward(self, s):
        h = torch.tanh(self.trunk(s))
        return self.actor(h), self.critic(h).squeeze(-1)


def rollout(net, states, env_rewards):
    log_probs, values, rewards = [], [], []
    for s, r in zip(states, env_rewards):
        logits, value = net(s)
        dist = Categorical(logits=logits)
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        values.append(value.item())
        rewards.append(r)
    return log_probs, values, rewards


def gae(rewards, values, gamma=0.99, lam=0.95):
    adv, last, nxt = [], 0.0, 0.0
    for r, v in zip(reversed(rewards), reversed(values)):
        delta = r + gamma * nxt - float(v)
        last = delta + gamma * lam * last
        nxt = float(v)
        adv.insert(0, last)
    return torch.tensor(adv)


def update_losses(net, states, env_rewards):
    log_probs, values, rewards = rollout(net, states, env_rewards)
    adv = gae(rewards, values)
    values_t = torch.tensor(values)
    returns = adv + values_t.detach()
    p_loss = -(torch.stack(log_probs) * adv).mean()
    v_loss = F.mse_loss(values_t, returns)
    return p_loss + 0.5 * v_loss
