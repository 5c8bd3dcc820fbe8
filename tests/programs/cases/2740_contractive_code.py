import torch
import torch.nn.functional as F
from torch.autograd.functional import jacobian


def contractive_objective(enc, dec, x, lam=0.1):
    """Reconstruction plus the squared Frobenius norm of the encoder's Jacobian."""
    code = torch.sigmoid(enc(x))
    jac = jacobian(lambda inp: torch.sigmoid(enc(inp)).sum(0), x)
    return F.mse_loss(dec(code), x) + lam * jac.pow(2).sum()
