import torch as T
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions.normal import Normal


class CriticNetwork(nn.Module):
    def __init__(self, beta=1e-3):
        super(CriticNetwork, self).__init__()
        self.fc1 = nn.Linear(5, 8)
        self.q = nn.Linear(8, 1)
        self.optimizer = optim.Adam(self.parameters(), lr=beta)

    def forward(self, state, action):
        return self.q(F.relu(self.fc1(T.cat([state, action], dim=1))))


class ActorNetwork(nn.Module):
    def __init__(self, alpha=1e-3):
        super(ActorNetwork, self).__init__()
        self.mu = nn.Linear(3, 2)
        self.optimizer = optim.Adam(self.parameters(), lr=alpha)

    def sample_normal(self, state):
        dist = Normal(self.mu(state), T.ones(2))
        act = dist.rsample()
        return T.tanh(act), dist.log_prob(act).sum(1, keepdim=True)


class Agent:
    def __init__(self):
        self.actor = ActorNetwork()
        self.critic = CriticNetwork()

    def learn(self, state, action, q_target):
        new_action, log_probs = self.actor.sample_normal(state)
        critic_value = self.critic(state, new_action)
        actor_loss = T.mean(log_probs - critic_value)

        self.critic.optimizer.zero_grad()
        critic_loss = F.mse_loss(self.critic(state, action), q_target)
        critic_loss.backward()
        self.critic.optimizer.step()

        self.actor.optimizer.zero_grad()
        actor_loss.backward()
        self.actor.optimizer.step()
