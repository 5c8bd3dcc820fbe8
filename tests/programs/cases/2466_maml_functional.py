import torch
from torch import nn
import torch.nn.functional as F


def mlp(x, params):
    h = F.relu(F.linear(x, params["w1"], params["b1"]))
    return F.linear(h, params["w2"], params["b2"])


class MAML(nn.Module):
    def __init__(self, d_in=1, hidden=8, d_out=1, inner_lr=0.1, steps=2):
        super().__init__()
        self.params = nn.ParameterDict({
            "w1": nn.Parameter(torch.randn(hidden, d_in) * 0.5),
            "b1": nn.Parameter(torch.zeros(hidden)),
            "w2": nn.Parameter(torch.randn(d_out, hidden) * 0.5),
            "b2": nn.Parameter(torch.zeros(d_out)),
        })
        self.inner_lr, self.steps = inner_lr, steps

    def adapt(self, support):
        x, y = support
        fast = {k: v.clone() for k, v in self.params.items()}
        for _ in range(self.steps):
            loss = F.mse_loss(mlp(x, fast), y)
            grads = torch.autograd.grad(loss, tuple(fast.values()), create_graph=True)
            fast = {k: (v - self.inner_lr * g).detach().requires_grad_() for (k, v), g in zip(fast.items(), grads)}
        return fast

    def meta_loss(self, episodes):
        losses = []
        for support, (xq, yq) in episodes:
            losses.append(F.mse_loss(mlp(xq, self.adapt(support)), yq))
        return torch.stack(losses).mean()
