import torch
import torch.nn as nn


class C51(nn.Module):
    def __init__(self, obs=4, n_actions=2, atoms=11, vmin=-5.0, vmax=5.0, gamma=0.95):
        super().__init__()
        self.n_actions, self.atoms, self.gamma = n_actions, atoms, gamma
        self.vmin, self.vmax = vmin, vmax
        self.delta = (vmax - vmin) / (atoms - 1)
        self.online = nn.Linear(obs, n_actions * atoms)
        self.target = nn.Linear(obs, n_actions * atoms)
        self.register_buffer("support", torch.linspace(vmin, vmax, atoms))

    def dist(self, net, s):
        return net(s).view(-1, self.n_actions, self.atoms).log_softmax(-1)

    def project(self, r, s2, done):
        rows = torch.arange(r.size(0))
        with torch.no_grad():
            best = (self.dist(self.online, s2).exp() * self.support).sum(-1).argmax(1)
            p_next = self.dist(self.target, s2).exp()[rows, best]
            Tz = r[:, None] + self.gamma * (1 - done)[:, None] * self.support
            b = (Tz.clamp(self.vmin, self.vmax) - self.vmin) / self.delta
            l, u = b.floor().long(), b.ceil().long()
            l[(u > 0) * (l == u)] -= 1
            u[(l < (self.atoms - 1)) * (l == u)] += 1
            m = torch.zeros_like(p_next)
            m.scatter_add_(1, l, p_next * (u - b))
            m.scatter_add_(1, u.clamp(max=self.atoms - 1), p_next * (b - l))
        return m

    def loss(self, s, a, r, s2, done):
        log_p = self.dist(self.online, s)[torch.arange(s.size(0)), a]
        return -(self.project(r, s2, done) * log_p).sum(1).mean()
