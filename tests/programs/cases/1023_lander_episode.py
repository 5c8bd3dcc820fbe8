import torch
from torch import nn
from torch.distributions import Categorical


class Pilot(nn.Module):
    def __init__(self, state=4, actions=3, gamma=0.99):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(state, 16), nn.ReLU(), nn.Linear(16, actions))
        self.gamma = gamma
        self.saved_log_probs, self.rewards = [], []

    def select_action(self, state):
        probs = torch.softmax(self.net(state), dim=-1)
        m = Categorical(probs)
        action = m.sample()
        self.saved_log_probs.append(m.log_prob(action))
        return action.item()

    def finish_episode(self, states, reward_of):
        del self.saved_log_probs[:], self.rewards[:]
        for s in states:
            self.rewards.append(float(reward_of[self.select_action(s)]))
        R, returns = 0, []
        for r in self.rewards[::-1]:
            R = r + self.gamma * R
            returns.insert(0, R)
        returns = torch.tensor(returns)
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
        log_probs = torch.FloatTensor(self.saved_log_probs)
        log_probs.requires_grad = True
        return -(log_probs * returns).sum()
