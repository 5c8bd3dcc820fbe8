import torch
from torch import nn
import torch.nn.functional as F


class ChoirVariance(nn.Module):
    def __init__(self, dim=6, predictor_grad=0.1):
        super().__init__()
        self.enc = nn.Linear(dim, dim)
        self.predict = nn.Sequential(nn.Linear(dim, 8), nn.ReLU(), nn.Linear(8, 1))[0]
        self.last = nn.Linear(8, 1)
        self.dec = nn.Linear(dim, 4)
        self.predictor_grad = predictor_grad

    def loss(self, text, mask, attn_dur, mel):
        x = torch.tanh(self.enc(text))
        log_d = self.last(self.predict(x.detach() + self.predictor_grad * (x - x.detach()))).squeeze(-1)
        log_target = torch.log(attn_dur.float() + 1).detach()
        dur_loss = F.mse_loss(log_d[mask], log_target[mask])
        reps = attn_dur * mask
        expanded = torch.cat([torch.repeat_interleave(h, r, dim=0) for h, r in zip(x, reps)])
        return F.l1_loss(self.dec(expanded), mel[: len(expanded)]) + dur_loss
