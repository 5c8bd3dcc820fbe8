import torch
import torch.nn.functional as F


def make_prompt(n, d):
    return torch.randn(n, d, requires_grad=True) / d ** 0.5


class PromptTuner:
    def __init__(self, lm, n=3, d=4):
        self.lm = lm
        self.prompt = make_prompt(n, d)

    def loss(self, embedded, label):
        seq = torch.cat([self.prompt, embedded])
        return F.cross_entropy(self.lm(seq.mean(0)), label)
