import torch
from torch import nn


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2))
        self.classifier = nn.Linear(8, 1)

    def forward(self, x):
        feat = self.features(x)
        return torch.sigmoid(self.classifier(feat)).view(-1), feat


class DefectGan(nn.Module):
    def __init__(self, w_con=50.0, w_lat=1.0):
        super().__init__()
        self.netg = nn.Sequential(nn.Linear(6, 3), nn.Tanh(), nn.Linear(3, 6))
        self.netd = Critic()
        self.l_con, self.l_lat = nn.L1Loss(), nn.MSELoss()
        self.w_con, self.w_lat = w_con, w_lat

    def forward_pass(self, real):
        self.input = real
        self.fake = self.netg(self.input)
        self.pred_real, self.feat_real = self.netd(self.input)
        self.pred_fake, self.feat_fake = self.netd(self.fake.detach())

    def backward_g(self, real):
        self.forward_pass(real)
        self.err_g_con = self.l_con(self.fake, self.input)
        self.err_g_lat = self.l_lat(self.feat_fake, self.feat_real)
        self.err_g = self.w_con * self.err_g_con + self.w_lat * self.err_g_lat
        return self.err_g
