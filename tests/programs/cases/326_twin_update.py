"""One update of an advantage actor-critic agent; the caller runs backward on what comes back."""

import torch
import torch.nn.functional as F
from torch import nn, optim


class AdvantageActorCritic:
    def __init__(self, n_obs=4, n_actions=3, gamma=0.95):
        self.actor = nn.Sequential(nn.Linear(n_obs, 8), nn.Tanh(), nn.Linear(8, n_actions))
        self.critic = nn.Sequential(nn.Linear(n_obs, 8), nn.Tanh(), nn.Linear(8, 1))
        self.gamma = gamma
        self.critic_opt = optim.Adam(self.critic.parameters(), lr=1e-2)

    def value(self, obs):
        return self.critic(obs).squeeze(-1)

    def log_prob(self, obs, actions):
        return F.log_softmax(self.actor(obs), dim=-1).gather(1, actions[:, None]).squeeze(1)

    def improve_critic(self, advantage):
        self.critic_opt.zero_grad()
        advantage.pow(2).mean().backward(retain_graph=True)
        self.critic_opt.step()

    def actor_objective(self, obs, actions, rewards, nxt):
        with torch.no_grad():
            bootstrap = rewards + self.gamma * self.value(nxt)
        advantage = bootstrap - self.value(obs)
        self.improve_critic(advantage)
        weighted = self.log_prob(obs, actions) * advantage
        return -weighted.mean()
