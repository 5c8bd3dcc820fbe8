import torch


def cox_ph_loss(risk, time, event):
    """Negative partial log likelihood (Breslow ties)."""
    order = torch.argsort(time, descending=True)
    risk, event = risk[order], event[order]
    log_cum = torch.logcumsumexp(risk, dim=0)
    n_events = event.sum().clamp(min=1)
    return -((risk - log_cum) * event).sum() / n_events
