import torch
from torch import nn


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"9": nn.Linear(6, 8), "18": nn.ReLU(), "36": nn.Linear(8, 5)})
        self.select = ["9", "36"]

    def forward(self, x):
        features = []
        for name, layer in self.layers.items():
            x = layer(x)
            if name in self.select:
                features.append(x)
        return features[0], features[1]


class SeasonGAN:
    def __init__(self, perceptual=True):
        self.net_a, self.net_b = nn.Linear(6, 6), nn.Linear(6, 6)
        self.vgg = Features().requires_grad_(False).eval()
        self.perceptual = perceptual

    def backward_G(self, real_a, real_b):
        self.loss_cycle = 10 * nn.L1Loss()(self.net_b(self.net_a(real_a)), real_a)
        self.loss_G = self.loss_cycle
        if self.perceptual:
            with torch.no_grad():
                c = nn.MSELoss()
                rx = self.net_b(self.net_a(real_a))
                ry = self.net_a(self.net_b(real_b))
                fx1, fx2 = self.vgg(real_a)
                fy1, fy2 = self.vgg(real_b)
                frx1, frx2 = self.vgg(rx)
                fry1, fry2 = self.vgg(ry)
                m1, m2 = c(fx1, frx1), c(fx2, frx2)
                m3, m4 = c(fy1, fry1), c(fy2, fry2)
                self.perceptual_loss = (m1 + m2 + m3 + m4) * 0.1
            self.loss_G = self.loss_G + self.perceptual_loss
        return self.loss_G
