import torch
from torch import nn
import torch.nn.functional as F


class DiscreteVAE(nn.Module):
    def __init__(self, n=4, k=5, d=6):
        super().__init__()
        self.n, self.k = n, k
        self.enc = nn.Linear(d, n * k)
        self.dec = nn.Linear(n * k, d)

    def sample(self, logits, tau):
        soft = F.gumbel_softmax(logits, tau=tau, hard=False)
        hard = F.one_hot(soft.argmax(-1), self.k).float()
        return hard

    def forward(self, x, tau=1.0):
        logits = self.enc(x).view(-1, self.n, self.k)
        z = self.sample(logits, tau).flatten(1)
        recon = F.mse_loss(self.dec(z), x)
        q = logits.softmax(-1)
        kl = (q * (q.clamp_min(1e-8).log() + torch.log(torch.tensor(float(self.k))))).sum(-1).mean()
        return recon + 0.1 * kl
