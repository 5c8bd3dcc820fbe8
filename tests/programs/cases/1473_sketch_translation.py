import torch
from torch import nn
import torch.nn.functional as F


class SketchTranslator(nn.Module):
    def __init__(self, d=5, c=3, s=2):
        super().__init__()
        self.enc, self.dec = nn.Linear(d, c + s), nn.Linear(c + s, d)
        self.c = c

    def encode(self, x):
        code = self.enc(x)
        return code[:, :self.c], code[:, self.c:]

    def generator_loss(self, x1, x2, lambda_cont=1.0):
        c_code_1, s_code_1 = self.encode(x1)
        c_code_2, s_code_2 = self.encode(x2)
        x11 = self.dec(torch.cat([c_code_1, s_code_1], dim=1))
        x21 = self.dec(torch.cat([c_code_1, torch.randn_like(s_code_2)], dim=1))
        c_code_12, _ = self.encode(x21)
        rebuilt = F.l1_loss(x11, x1)
        return rebuilt + lambda_cont * F.l1_loss(c_code_12, c_code_1.detach())
