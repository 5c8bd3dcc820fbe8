import torch
import torch.nn as nn


class SRModel:
    def __init__(self):
        self.netG = nn.Conv2d(3, 3, 3, padding=1)
        self.netF = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
        for v in self.netF.parameters():
            v.requires_grad = False
        self.cri_pix, self.cri_fea = nn.L1Loss(), nn.L1Loss()
        self.log_dict = {}

    def feed_data(self, lr, hr):
        self.var_L, self.var_H = lr, hr

    def optimize(self, lr, hr):
        self.feed_data(lr, hr)
        self.fake_H = self.netG(self.var_L)
        l_g_pix = 0.01 * self.cri_pix(self.fake_H, self.var_H)
        real_fea = self.netF(self.var_H).detach()
        fake_fea = self.netF(self.fake_H)
        l_g_fea = self.cri_fea(fake_fea, real_fea)
        l_g_total = l_g_pix + l_g_fea
        self.log_dict["l_g_pix"] = l_g_pix.item()
        self.log_dict["l_g_fea"] = l_g_fea.item()
        return l_g_total
