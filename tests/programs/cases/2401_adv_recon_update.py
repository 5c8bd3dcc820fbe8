import torch
from torch import nn


class LocalUpdate:
    def __init__(self, lam=0.1):
        self.lam = lam
        self.l1 = nn.L1Loss()
        self.adv = nn.BCEWithLogitsLoss()

    def train(self, netG, netD, batches):
        opt = torch.optim.SGD(netG.parameters(), lr=0.0)
        log = {"rec": [], "adv": []}
        for masked, full in batches:
            opt.zero_grad()
            recon = netG(masked)
            loss_rec = self.l1(recon, full)
            score = netD(recon)
            loss_adv_g = self.adv(score, torch.ones_like(score)).detach().item()
            log["rec"].append(loss_rec.item())
            log["adv"].append(loss_adv_g)
            total = loss_rec + self.lam * loss_adv_g
            total.backward()
            opt.step()
        return log
