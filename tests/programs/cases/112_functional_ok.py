import torch
import torch.nn.functional as F
from torch.func import functional_call


def maml_outer(net, support, query, lr=0.1, steps=2):
    fast = dict(net.named_parameters())
    for _ in range(steps):
        x, y = support
        inner = F.mse_loss(functional_call(net, fast, (x,)), y)
        grads = torch.autograd.grad(inner, list(fast.values()), create_graph=True)
        fast = {k: p - lr * g for (k, p), g in zip(fast.items(), grads)}
    xq, yq = query
    return F.mse_loss(functional_call(net, fast, (xq,)), yq)
