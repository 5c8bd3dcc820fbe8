import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical


class Agent(nn.Module):
    """Advantage actor critic for CartPole-v1"""

    def __init__(self, obs_dim=4, n_actions=2, hidden=16, gamma=0.99):
        super().__init__()
        self.gamma = gamma
        self.actor = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh(), nn.Linear(hidden, n_actions))
        self.critic = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    @torch.no_grad()
    def act(self, obs):
        dist = Categorical(logits=self.actor(obs))
        action = dist.sample()
        return action, dist.log_prob(action)

    def discounted(self, rewards):
        R, out = 0.0, []
        for r in reversed(rewards):
            R = r + self.gamma * R
            out.insert(0, R)
        return torch.tensor(out)

    def update(self, states, rewards):
        log_probs = []
        for obs in states:
            action, logp = self.act(obs)
            # obs, reward, done, _ = env.step(action.item())
            log_probs.append(logp)
        returns = self.discounted(rewards)
        values = self.critic(states).squeeze(-1)
        advantage = returns - values.detach()
        actor_loss = -(torch.stack(log_probs) * advantage).mean()
        critic_loss = F.smooth_l1_loss(values, returns)
        return actor_loss + 0.5 * critic_loss
