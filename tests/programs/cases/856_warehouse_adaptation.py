import torch
from torch import nn
from torch.func import functional_call
import torch.nn.functional as F


class AdaptDemand(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(4, 1)
        self.step_size = nn.Parameter(torch.tensor(0.1))

    def adapt(self, x, y, times=2):
        fast = {k: v.clone() for k, v in self.base.named_parameters()}
        for _ in range(times):
            loss = F.mse_loss(functional_call(self.base, fast, (x,)), y)
            grads = torch.autograd.grad(loss, list(fast.values()), create_graph=self.training)
            fast = {k: v - self.step_size * g for (k, v), g in zip(fast.items(), grads)}
        return fast

    def outer_loss(self, depots):
        losses = []
        for sx, sy, qx, qy in depots:
            losses.append(F.mse_loss(functional_call(self.base, self.adapt(sx, sy), (qx,)), qy))
        return torch.stack(losses).mean()
