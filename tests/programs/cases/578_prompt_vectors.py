import torch
from torch import nn
import torch.nn.functional as F


class PromptTuner:
    def __init__(self, lm, n=3, d=4, scale=0.02):
        self.lm = lm
        self.prompt = scale * torch.randn(n, d).requires_grad_()
        self.opt = None

    def step(self, tokens, y):
        seq = torch.cat([self.prompt, tokens], dim=0)
        logits = self.lm(seq).mean(0, keepdim=True)
        return F.cross_entropy(logits, y)
