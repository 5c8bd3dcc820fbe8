import torch
from torch import nn
import torch.nn.functional as F


class MelodyGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.composer = nn.Sequential(nn.Linear(3, 6), nn.Tanh())
        self.judge = nn.Linear(6, 1)

    def freeze(self, part, frozen):
        for p in part.parameters():
            p.requires_grad_(not frozen)

    def judge_loss(self, melody, seed):
        self.freeze(self.judge, False)
        invented = self.composer(seed).detach()
        sure_real, sure_fake = self.judge(melody), self.judge(invented)
        smooth = torch.full_like(sure_real, 0.9)
        loss = F.binary_cross_entropy_with_logits(sure_real, smooth)
        loss = loss + F.binary_cross_entropy_with_logits(sure_fake, torch.zeros_like(sure_fake))
        self.accuracy = ((sure_real > 0).float().mean() + (sure_fake < 0).float().mean()) / 2
        return loss
