import torch
from torch import nn
import torch.nn.functional as F


class WorldModel(nn.Module):
    def __init__(self, obs=6, z=4, act=3):
        super().__init__()
        self.enc = nn.Linear(obs, z)
        self.trans = nn.Linear(z + act, z)
        self.reward = nn.Linear(z, 1)
        self.dec = nn.Linear(z, obs)

    def quantise(self, z, levels=8):
        scaled = torch.tanh(z) * (levels // 2)
        return torch.round(scaled) / (levels // 2)

    def loss(self, obs, act, rew, nxt):
        z = self.enc(obs)
        q = self.quantise(z)
        recon = F.mse_loss(self.dec(z), obs)
        zn = self.trans(torch.cat([q, act], -1))
        rew_loss = F.mse_loss(self.reward(zn).squeeze(-1), rew)
        dyn = F.mse_loss(zn, self.enc(nxt).detach())
        return recon + rew_loss + 0.5 * dyn
