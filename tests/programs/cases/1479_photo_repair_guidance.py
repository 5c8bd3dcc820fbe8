import torch


def predict_x0(xt, eps, alpha):
    return (xt - (1 - alpha) ** 0.5 * eps) / alpha ** 0.5


def guidance_loss(xt, net, known, mask, alpha=0.6, reg=0.01):
    """Distance of the clamped estimate to the known part, with a pull to the prior."""
    with torch.enable_grad():
        eps = net(xt)
        pred_x0 = predict_x0(xt, eps, alpha).clamp(-1, 1)
        gap = ((pred_x0 - known) * mask).pow(2).sum(dim=-1)
        prior = xt.pow(2).sum(dim=-1)
        return (gap + reg * prior).mean()
