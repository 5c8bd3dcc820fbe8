import torch


def risk_order(time):
    return torch.argsort(time, descending=True)


def cox_loss(log_risk, time, event):
    """negative partial likelihood, Breslow ties"""
    order = risk_order(time)
    lr = log_risk[order]
    observed = event[order].bool()
    log_cum = torch.logcumsumexp(lr, dim=0)
    n_events = int(observed.sum().item())
    if n_events == 0:
        return 0.0 * log_risk.sum()
    return -(lr - log_cum)[observed].sum() / n_events
