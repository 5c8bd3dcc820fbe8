import torch
import torch.nn as nn
from torch.distributions import Categorical


class PPO:
    def __init__(self, eps_clip=0.2):
        self.actor = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2), nn.Softmax(dim=-1))
        self.critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        self.optimizer = torch.optim.Adam(
            [{"params": self.actor.parameters(), "lr": 0.0}, {"params": self.critic.parameters(), "lr": 0.0}]
        )
        self.eps_clip = eps_clip
        self.MseLoss = nn.MSELoss()

    def evaluate(self, state, action):
        dist = Categorical(self.actor(state))
        return dist.log_prob(action), self.critic(state)

    def update(self, states, actions, old_logprobs, returns, K_epochs=2):
        for _ in range(K_epochs):
            logprobs, state_values = self.evaluate(states, actions)
            state_values = torch.squeeze(state_values)
            # Finding the ratio (pi_theta / pi_theta__old)
            ratios = torch.exp(logprobs - old_logprobs).detach()
            advantages = returns - state_values.detach()
            surr1 = ratios * advantages
            surr2 = torch.clamp(ratios, 1 - self.eps_clip, 1 + self.eps_clip) * advantages
            loss = -torch.min(surr1, surr2) + 0.5 * self.MseLoss(state_values, returns)
            self.optimizer.zero_grad()
            loss.mean().backward()
            self.optimizer.step()
