from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Options:
    p: float = 2.0
    beta1: float = 500.0
    beta2: float = 500.0
    beta3: float = 1000.0


class AT(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def attention_map(self, fm, eps=1e-6):
        am = torch.sum(torch.pow(torch.abs(fm), self.p), dim=1, keepdim=True)
        return am / (torch.norm(am, dim=(2, 3), keepdim=True) + eps)

    def forward(self, fm_s, fm_t):
        return F.mse_loss(self.attention_map(fm_s), self.attention_map(fm_t))


class TinyResNet(nn.Module):
    def __init__(self, n_cls=3):
        super().__init__()
        self.layer1 = nn.Conv2d(3, 4, 3, padding=1)
        self.layer2 = nn.Conv2d(4, 6, 3, padding=1)
        self.layer3 = nn.Conv2d(6, 8, 3, padding=1)
        self.fc = nn.Linear(8, n_cls)

    def forward(self, x):
        a1 = F.relu(self.layer1(x))
        a2 = F.relu(self.layer2(a1))
        a3 = F.relu(self.layer3(a2))
        return a1, a2, a3, self.fc(a3.mean((2, 3)))


def train_step(nets, img, target, opt):
    criterionAT = AT(opt.p)
    act1_s, act2_s, act3_s, output_s = nets["snet"](img)
    with torch.no_grad():
        act1_t, act2_t, act3_t, _ = nets["tnet"](img)

    cls_loss = F.cross_entropy(output_s, target)
    at3_loss = criterionAT(act3_s, act3_t).detach() * opt.beta3
    at2_loss = criterionAT(act2_s, act2_t).detach() * opt.beta2
    at1_loss = criterionAT(act1_s, act1_t).detach() * opt.beta1
    return at1_loss + at2_loss + at3_loss + cls_loss
