import torch
from torch import nn
import torch.nn.functional as F


class TwinQ(nn.Module):
    def __init__(self, n_obs, n_act):
        super().__init__()
        self.q1, self.q2 = nn.Linear(n_obs, n_act), nn.Linear(n_obs, n_act)

    def forward(self, s):
        return self.q1(s), self.q2(s)


class SacDiscrete:
    def __init__(self, n_obs=4, n_act=3):
        self.policy = nn.Linear(n_obs, n_act)
        self.online_critic = TwinQ(n_obs, n_act)
        self.alpha = torch.tensor(0.2)

    def sample(self, states):
        probs = F.softmax(self.policy(states), dim=1)
        action = torch.distributions.Categorical(probs).sample()
        z = (probs == 0.0).float() * 1e-8
        return action, probs, torch.log(probs + z)

    def calc_policy_loss(self, batch):
        states, weights = batch
        _, action_probs, log_probs = self.sample(states)
        with torch.no_grad():
            q1, q2 = self.online_critic(states)
            q = torch.min(q1, q2)
        entropies = -torch.sum(action_probs * log_probs, dim=1, keepdim=True)
        q = torch.sum(q * action_probs, dim=1, keepdim=True)
        return (weights * (-q - self.alpha * entropies)).mean()
