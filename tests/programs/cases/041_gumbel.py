import torch
import torch.nn.functional as F


def router_loss(logits, experts, y, tau=1.0):
    route = F.gumbel_softmax(logits, tau=tau, hard=True)
    chosen = route.argmax(-1)
    load = torch.bincount(chosen, minlength=logits.size(-1)).float() / len(chosen)
    importance = logits.softmax(-1).mean(0)
    balance = logits.size(-1) * (importance * load).sum()
    mixed = torch.einsum("be,bed->bd", route, experts)
    return F.mse_loss(mixed, y) + 0.01 * balance
