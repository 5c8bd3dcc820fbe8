import torch
from torch import nn


class CycleSem:
    def __init__(self, lam=10.0, use_sem=True):
        self.g_ab, self.g_ba = nn.Linear(6, 6), nn.Linear(6, 6)
        self.d_b, self.f_s = nn.Linear(6, 1), nn.Linear(6, 3)
        self.lam, self.use_sem = lam, use_sem
        self.crit_cycle, self.crit_sem = nn.L1Loss(), nn.CrossEntropyLoss()

    def forward(self):
        self.fake_b = self.g_ab(self.real_a)
        self.rec_a = self.g_ba(self.fake_b)
        if self.use_sem:
            self.pfb = self.f_s(self.fake_b).detach()

    def backward_G(self, real_a, label_a):
        self.real_a = real_a
        self.forward()
        verdict = self.d_b(self.fake_b)
        self.loss_g = nn.functional.mse_loss(verdict, torch.ones_like(verdict))
        self.loss_cycle = self.crit_cycle(self.rec_a, self.real_a) * self.lam
        self.loss_G = self.loss_g + self.loss_cycle
        if self.use_sem:
            self.loss_sem = self.crit_sem(self.pfb, label_a)
            self.loss_G += self.loss_sem
        return self.loss_G
