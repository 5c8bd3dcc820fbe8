import numpy as np
import torch
from torch import nn


class ValveAgent:
    def __init__(self, obs=4, act=2, max_action=2.0):
        self.actor = nn.Linear(obs, act)
        self.critic = nn.Sequential(nn.Linear(obs + act, 8), nn.ReLU(), nn.Linear(8, 1))
        self.max_action, self.noise = max_action, 0.1

    def select_action(self, state, explore=True):
        action = self.max_action * torch.tanh(self.actor(state))
        action = action.cpu().data.numpy()
        if explore:
            action = action + np.random.normal(0, self.noise, size=action.shape)
        return action.clip(-self.max_action, self.max_action)

    def actor_loss(self, states):
        actions = torch.FloatTensor(self.select_action(states, explore=False))
        return -self.critic(torch.cat([states, actions], 1)).mean()
