import torch
from torch import nn


class TDLearner(nn.Module):
    """n-step critic; `frozen` is copied from `online` every few hundred updates."""

    def __init__(self, n_obs=4, discount=0.99):
        super().__init__()
        self.online = nn.Linear(n_obs, 1)
        self.frozen = nn.Linear(n_obs, 1)
        self.discount = discount

    def backup(self, reward, nxt, done):
        return reward + self.discount * (1 - done) * self.frozen(nxt).squeeze(-1)

    def update(self, obs, reward, nxt, done):
        value = self.online(obs).squeeze(-1)
        goal = self.backup(reward, nxt, done)
        td_error = goal - value.detach()
        return 0.5 * td_error.square().mean()
