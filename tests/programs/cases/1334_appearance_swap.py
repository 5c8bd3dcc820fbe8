import torch
from torch import nn
import torch.nn.functional as F


class SwapTrainer(nn.Module):
    """Generation losses must not change the appearance code: only identity does."""

    def __init__(self):
        super().__init__()
        self.enc_a, self.enc_s = nn.Linear(6, 3), nn.Linear(6, 4)
        self.dec = nn.Linear(7, 6)
        self.id_head = nn.Linear(3, 4)

    def code(self, x):
        f = self.enc_a(x)
        p = self.id_head(F.normalize(f))
        return f.detach(), p

    def gen_update(self, x_a, x_b, ids_a, ids_b):
        s_a, s_b = self.enc_s(x_a), self.enc_s(x_b)
        f_a, p_a = self.code(x_a)
        f_b, p_b = self.code(x_b)
        x_ba = self.dec(torch.cat([s_b, f_a], 1))
        x_ab = self.dec(torch.cat([s_a, f_b], 1))
        x_rec = self.dec(torch.cat([s_a, f_a], 1))
        loss_id = F.cross_entropy(p_a, ids_a) + F.cross_entropy(p_b, ids_b)
        f_a_recon, _ = self.code(x_ba)
        loss_rec_x = F.l1_loss(x_rec, x_a)
        loss_cyc_s = F.l1_loss(self.enc_s(x_ba), s_b) + F.l1_loss(self.enc_s(x_ab), s_a)
        self.shown = {"f_drift": F.l1_loss(f_a_recon, f_a).item()}
        return 5.0 * loss_rec_x + loss_id + loss_cyc_s
