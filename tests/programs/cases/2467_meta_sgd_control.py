import torch
from torch import nn
from torch.func import functional_call


class MetaSGD(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
        self.log_lr = nn.ParameterList([nn.Parameter(torch.full_like(p, -3.0)) for p in self.net.parameters()])

    def inner(self, x, y):
        names, values = zip(*self.net.named_parameters())
        for _ in range(2):
            out = functional_call(self.net, dict(zip(names, values)), (x,))
            loss = (out - y).square().mean()
            grads = torch.autograd.grad(loss, values, create_graph=True)
            values = tuple(v - lr.exp() * g for v, lr, g in zip(values, self.log_lr, grads))
        return dict(zip(names, values)), loss.detach()

    def outer(self, support, query):
        fast, logged = self.inner(*support)
        self.last_inner = float(logged)
        xq, yq = query
        return (functional_call(self.net, fast, (xq,)) - yq).square().mean()
