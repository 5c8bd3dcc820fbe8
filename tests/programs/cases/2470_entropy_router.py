import torch
from torch import nn
import torch.nn.functional as F


class MoELoss(nn.Module):
    """Entropy bonus over the experts that a token may reach (capacity mask)."""

    def __init__(self, coef=0.01):
        super().__init__()
        self.coef = coef

    def route(self, router_logits, allowed):
        return router_logits.masked_fill(~allowed, float("-inf")).softmax(dim=-1)

    def entropy(self, p):
        return -(p * p.log()).nansum(dim=-1)

    def forward(self, router_logits, allowed, expert_out, target):
        p = self.route(router_logits, allowed)
        y = torch.einsum("te,ted->td", p, expert_out)
        return F.mse_loss(y, target) - self.coef * self.entropy(p).mean()
