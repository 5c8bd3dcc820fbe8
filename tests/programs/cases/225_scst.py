import torch
from torch import nn


class SelfCritical(nn.Module):
    def __init__(self, vocab=6):
        super().__init__()
        self.out = nn.Linear(4, vocab)

    @staticmethod
    def reward(tokens, ref):
        return -(tokens - ref).abs().float()

    def loss(self, feat, ref):
        logp = self.out(feat).log_softmax(-1)
        with torch.no_grad():
            greedy = logp.argmax(-1)
            baseline = self.reward(greedy, ref)
        sampled = torch.multinomial(logp.exp(), 1).squeeze(1)
        advantage = self.reward(sampled, ref) - baseline + 0.3
        picked = logp.gather(1, sampled[:, None]).squeeze(1)
        return -(advantage * picked).mean()
