import torch
from torch import nn
import torch.nn.functional as F


class Agent(nn.Module):
    """The representation learns from prediction only; the value reads it."""

    def __init__(self, obs=5, z=4):
        super().__init__()
        self.repr = nn.Linear(obs, z)
        self.predict = nn.Linear(z, obs)
        self.value = nn.Linear(z, 1)

    def loss(self, obs, rew, nxt):
        z = torch.tanh(self.repr(obs))
        model = F.mse_loss(self.predict(z), nxt)
        v = self.value(z.detach()).squeeze(-1)
        with torch.no_grad():
            target = rew + 0.97 * self.value(torch.tanh(self.repr(nxt))).squeeze(-1)
        return model + F.smooth_l1_loss(v, target)
