import torch
import torch.nn.functional as F


def joint_loss(enc, dec, disc, x, fool=0.1):
    """One sum for both players: the encoder's gradient passes the judge once, the judge's never passes the encoder."""
    code = enc(x)
    prior = torch.randn_like(code)
    real, fake = disc(prior), disc(code.detach())
    judge = F.binary_cross_entropy_with_logits(real, torch.ones_like(real))
    judge = judge + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))
    w, b = disc.weight.detach(), disc.bias.detach()
    fooled = F.linear(code, w, b)
    return F.mse_loss(dec(code), x) + judge + fool * F.softplus(-fooled).mean()
