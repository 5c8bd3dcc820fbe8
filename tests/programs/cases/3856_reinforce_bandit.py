import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical

eps = 1e-8


class Policy(nn.Module):
    def __init__(self, gamma=0.99):
        super().__init__()
        self.gamma = gamma
        self.affine1 = nn.Linear(4, 32)
        self.affine2 = nn.Linear(32, 2)

    def forward(self, x):
        x = torch.tanh(self.affine1(x))
        return F.softmax(self.affine2(x), dim=-1)

    def select_action(self, state):
        m = Categorical(self(state))
        action = m.sample()
        return action.item(), m.log_prob(action)

    def finish_episode(self, observations, rewards):
        saved = [self.select_action(o)[1] for o in observations]
        R, policy_loss, returns = 0, [], []
        for r in rewards[::-1]:
            R = r + self.gamma * R
            returns.insert(0, R)
        returns = torch.tensor(returns)
        returns = (returns - returns.mean()) / (returns.std() + eps)
        for log_prob, R in zip(saved, returns):
            policy_loss.append(-log_prob * R)
        return torch.stack(policy_loss).sum()
