import torch
from torch import nn
import torch.nn.functional as F


class StringGenerator(nn.Module):
    def __init__(self, tokens=6, hidden=8):
        super().__init__()
        self.emb = nn.Embedding(tokens, hidden)
        self.cell = nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, tokens)

    def forward(self, token, hidden):
        hidden = self.cell(self.emb(token), hidden)
        return self.out(hidden), hidden


class Reinforcement:
    def __init__(self, get_reward):
        self.get_reward = get_reward

    def policy_gradient(self, generator, trajectories, gamma=0.97):
        rl_loss, total_reward = 0, 0
        for trajectory in trajectories:
            reward = self.get_reward(trajectory)
            discounted = reward
            total_reward += reward
            hidden = torch.zeros(1, 8)
            for p in range(len(trajectory) - 1):
                output, hidden = generator(trajectory[p : p + 1], hidden)
                log_probs = F.log_softmax(output, dim=1)
                top_i = trajectory[p + 1]
                rl_loss -= (log_probs[0, top_i].item() * discounted)
                discounted = discounted * gamma
        rl_loss = rl_loss / len(trajectories)
        rl_loss.backward()
        return total_reward / len(trajectories), rl_loss.item()
