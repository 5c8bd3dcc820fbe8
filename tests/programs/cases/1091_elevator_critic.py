import torch
from torch import nn
from torch.distributions import Categorical


class ElevatorAC(nn.Module):
    def __init__(self, obs=4, floors=3, gamma=0.95):
        super().__init__()
        self.actor = nn.Linear(obs, floors)
        self.critic = nn.Linear(obs, 1)
        self.gamma = gamma

    def evaluate(self, state):
        probs = torch.softmax(self.actor(state), dim=-1)
        value = self.critic(state).item()
        return Categorical(probs), value

    def learn(self, episode):
        actor_loss, critic_loss = 0, 0
        for state, action, reward, nxt in episode:
            dist, value = self.evaluate(state)
            with torch.no_grad():
                _, next_value = self.evaluate(nxt)
            td = reward + self.gamma * next_value - value
            actor_loss = actor_loss - dist.log_prob(action) * (td.detach() if torch.is_tensor(td) else td)
            critic_loss = critic_loss + td ** 2
        return actor_loss + 0.5 * critic_loss
