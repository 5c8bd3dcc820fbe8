import torch
from torch import nn


def mlp(n_in, n_out, width=16):
    return nn.Sequential(nn.Linear(n_in, width), nn.ReLU(), nn.Linear(width, n_out))


class DDPG:
    def __init__(self, obs=4, act=2, gamma=0.99):
        self.actor = mlp(obs, act)
        self.critic = mlp(obs + act, 1)
        self.critic_target = mlp(obs + act, 1)
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.gamma = gamma

    def act(self, s):
        return torch.tanh(self.actor(s))

    def q(self, net, s, a):
        return net(torch.cat([s, a], dim=-1)).squeeze(-1)

    def critic_loss(self, s, a, r, s2):
        with torch.no_grad():
            target = r + self.gamma * self.q(self.critic_target, s2, self.act(s2))
        return (self.q(self.critic, s, a) - target).pow(2).mean()

    def actor_loss(self, s):
        a = self.act(s)
        value = self.q(self.critic, s, a.detach())
        return -value.mean()
