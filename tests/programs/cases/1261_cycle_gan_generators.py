import torch
from torch import nn
import torch.nn.functional as F


class CycleModel:
    def __init__(self, d=4, lambda_A=10.0, lambda_B=10.0):
        self.G_A, self.G_B = nn.Linear(d, d), nn.Linear(d, d)
        self.D_A, self.D_B = nn.Linear(d, 1), nn.Linear(d, 1)
        self.lambda_A, self.lambda_B = lambda_A, lambda_B

    def forward(self, real_A, real_B):
        self.real_A, self.real_B = real_A, real_B
        self.fake_B = self.G_A(real_A)
        self.rec_A = self.G_B(self.fake_B.detach())
        self.fake_A = self.G_B(real_B)
        self.rec_B = self.G_A(self.fake_A)

    def gan(self, verdict):
        return F.mse_loss(verdict, torch.ones_like(verdict))

    def backward_G(self, real_A, real_B):
        self.forward(real_A, real_B)
        loss_G = self.gan(self.D_A(self.fake_B)) + self.gan(self.D_B(self.fake_A))
        loss_cycle = self.lambda_A * F.l1_loss(self.rec_A, self.real_A) + self.lambda_B * F.l1_loss(self.rec_B, self.real_B)
        return loss_G + loss_cycle
