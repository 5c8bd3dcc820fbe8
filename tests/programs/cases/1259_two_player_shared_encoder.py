import torch
from torch import nn
import torch.nn.functional as F


class DrQ(nn.Module):
    def __init__(self, pix=8, z=4, act=2):
        super().__init__()
        self.encoder = nn.Linear(pix, z)
        self.actor = nn.Linear(z, act)
        self.critic = nn.Linear(z + act, 1)

    def losses(self, obs, action, reward, nxt):
        z = torch.relu(self.encoder(obs))
        with torch.no_grad():
            zn = torch.relu(self.encoder(nxt))
            an = torch.tanh(self.actor(zn))
            target = reward + 0.99 * self.critic(torch.cat([zn, an], -1)).squeeze(-1)
        critic_loss = F.mse_loss(self.critic(torch.cat([z, action], -1)).squeeze(-1), target)
        zd = z.detach()
        actor_loss = -self.critic(torch.cat([zd, torch.tanh(self.actor(zd))], -1)).mean()
        return {"critic": critic_loss, "actor": actor_loss}
