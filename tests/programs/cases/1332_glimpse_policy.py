import torch
from torch import nn
import torch.nn.functional as F
from torch.distributions import Normal


class GlimpseAgent(nn.Module):
    def __init__(self, patch=4, hidden=6, std=0.17):
        super().__init__()
        self.sensor = nn.Linear(patch + 2, hidden)
        self.locator = nn.Linear(hidden, 2)
        self.baseliner = nn.Linear(hidden, 1)
        self.classifier = nn.Linear(hidden, 3)
        self.std = std

    def crop(self, image, loc):
        start = (0.5 * (loc[:, 0] + 1.0) * (image.size(1) - 4)).long().clamp(0, image.size(1) - 4)
        return torch.stack([row[s : s + 4] for row, s in zip(image, start.tolist())])

    def loss(self, image, y, glimpses=3):
        loc, log_pis, baselines = torch.zeros(image.size(0), 2), [], []
        h = 0
        for _ in range(glimpses):
            h = torch.relu(self.sensor(torch.cat([self.crop(image, loc), loc], 1)) + h)
            mu = torch.tanh(self.locator(h.detach()))
            policy = Normal(mu, self.std)
            loc = policy.sample().clamp(-1, 1)
            log_pis.append(policy.log_prob(loc).sum(1))
            baselines.append(self.baseliner(h.detach()).squeeze(1))
        scores = F.log_softmax(self.classifier(h), dim=1)
        reward = (scores.detach().max(1)[1] == y).float()
        baselines, log_pi = torch.stack(baselines, 1), torch.stack(log_pis, 1)
        reward = reward.unsqueeze(1).repeat(1, glimpses)
        reinforce = -(log_pi * (reward - baselines.detach())).sum(1).mean()
        return F.nll_loss(scores, y) + F.mse_loss(baselines, reward) + reinforce * 0.01
