import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


def mlp(i, o, act=None):
    layers = [nn.Linear(i, 32), nn.ReLU(), nn.Linear(32, o)]
    if act is not None:
        layers.append(act)
    return nn.Sequential(*layers)


class DDPG:
    def __init__(self, s_dim=3, a_dim=1, gamma=0.99, tau=0.01):
        self.gamma, self.tau = gamma, tau
        self.actor = mlp(s_dim, a_dim, nn.Tanh())
        self.critic = mlp(s_dim + a_dim, 1)
        self.actor_target = copy.deepcopy(self.actor)
        self.critic_target = copy.deepcopy(self.critic)
        self.critic_optim = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def soft_update(self):
        for net, target in ((self.actor, self.actor_target), (self.critic, self.critic_target)):
            for p, tp in zip(net.parameters(), target.parameters()):
                tp.data.copy_(self.tau * p.data + (1 - self.tau) * tp.data)

    def learn(self, s, a, r, s2):
        q = self.critic(torch.cat([s, a], 1))
        q_pi = self.critic(torch.cat([s, self.actor(s)], 1))
        with torch.no_grad():
            q_next = self.critic_target(torch.cat([s2, self.actor_target(s2)], 1))
        critic_loss = F.mse_loss(q, r + self.gamma * q_next)

        self.critic_optim.zero_grad()
        critic_loss.backward()
        self.critic_optim.step()

        actor_loss = -q_pi.mean()
        self.soft_update()
        return actor_loss
