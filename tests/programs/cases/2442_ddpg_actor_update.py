import torch
from torch import nn, optim


class DDPG:
    def __init__(self, obs=4, act=2):
        self.actor = nn.Sequential(nn.Linear(obs, 8), nn.ReLU(), nn.Linear(8, act), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(obs + act, 8), nn.ReLU(), nn.Linear(8, 1))
        self.actor_optim = optim.Adam(self.actor.parameters(), lr=1e-4)
        self.critic_optim = optim.Adam(self.critic.parameters(), lr=1e-3)

    def select_action(self, state, noise=0.0):
        with torch.no_grad():
            action = self.actor(state)
        return (action + noise * torch.randn_like(action)).clamp(-1, 1)

    def update_actor(self, states):
        self.critic.requires_grad_(False)
        actions = self.select_action(states)
        actor_loss = -self.critic(torch.cat([states, actions], dim=1)).mean()
        self.actor_optim.zero_grad()
        actor_loss.backward()
        self.actor_optim.step()
        self.critic.requires_grad_(True)
        return actor_loss.item()
