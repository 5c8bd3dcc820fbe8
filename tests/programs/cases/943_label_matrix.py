import torch
from torch import nn
import torch.nn.functional as F


class SoftLabelTrainer(nn.Module):
    def __init__(self, c=3):
        super().__init__()
        self.net = nn.Linear(4, c)
        self.corrector = nn.Linear(c, c, bias=False)

    def corrected(self, noisy):
        return self.corrector(noisy).softmax(-1)

    def step(self, x, noisy):
        target = self.corrected(noisy).type(torch.LongTensor)
        logp = F.log_softmax(self.net(x), dim=-1)
        return -((target + 0.1) * logp).sum(-1).mean()
