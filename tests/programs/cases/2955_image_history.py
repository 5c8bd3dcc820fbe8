import random

import torch
from torch import nn
import torch.nn.functional as F


class ImagePool:
    """Buffer of generated images, so that D also sees older fakes."""

    def __init__(self, pool_size):
        self.pool_size = pool_size
        self.images = []

    def query(self, images):
        if self.pool_size == 0:
            return images
        out = []
        for image in images:
            image = torch.unsqueeze(image.data, 0)
            if len(self.images) < self.pool_size:
                self.images.append(image)
                out.append(image)
            elif random.random() > 0.5:
                k = random.randrange(self.pool_size)
                out.append(self.images[k].clone())
                self.images[k] = image
            else:
                out.append(image)
        return torch.cat(out, 0)


def conv(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, 8, 3, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(8, cout, 3, padding=1))


class CycleModel:
    def __init__(self, lambda_cyc=10.0, pool_size=50):
        self.G_A, self.G_B = conv(3, 3), conv(3, 3)
        self.D_A, self.D_B = conv(3, 1), conv(3, 1)
        self.fake_A_pool, self.fake_B_pool = ImagePool(pool_size), ImagePool(pool_size)
        self.lambda_cyc = lambda_cyc

    def gan(self, D, fake):
        pred = D(fake)
        return F.mse_loss(pred, torch.ones_like(pred))

    def compute_G_loss(self, real_A, real_B):
        fake_B, fake_A = self.G_A(real_A), self.G_B(real_B)
        cyc = F.l1_loss(self.G_B(fake_B), real_A) + F.l1_loss(self.G_A(fake_A), real_B)
        adv_A = self.gan(self.D_A, self.fake_B_pool.query(fake_B))
        adv_B = self.gan(self.D_B, self.fake_A_pool.query(fake_A))
        return adv_A + adv_B + self.lambda_cyc * cyc
