import torch


def cox_loss(risk, time, event):
    _, order = torch.sort(time, descending=True)
    r = risk.squeeze(-1)[order]
    e = event[order].float()
    log_cum = torch.logcumsumexp(r, dim=0)
    return -((r - log_cum) * e).sum() / e.sum()
