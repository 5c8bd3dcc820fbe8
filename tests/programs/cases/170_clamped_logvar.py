import torch


def beta_nll(mu, logvar, y, beta=0.5):
    logvar = torch.clamp(logvar, min=-10.0, max=10.0)
    var = logvar.exp()
    nll = 0.5 * ((y - mu).square() / var + logvar)
    if beta > 0:
        nll = nll * var.detach() ** beta
    return nll.mean()
