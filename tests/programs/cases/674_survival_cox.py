import torch
from torch import nn


class CoxLoss(nn.Module):
    def forward(self, risk, time, event):
        order = torch.argsort(time, descending=True)
        risk, event = risk[order], event[order]
        if not torch.any(event):
            return torch.zeros((1,)).squeeze()
        log_cum = torch.logcumsumexp(risk, dim=0)
        return -(risk - log_cum)[event].mean()
