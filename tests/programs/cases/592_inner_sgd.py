import torch
import torch.nn.functional as F
from torch.func import functional_call


def maml_loss(net, support, query, lr=0.1, steps=2):
    params = dict(net.named_parameters())
    xs, ys = support
    for _ in range(steps):
        inner = F.mse_loss(functional_call(net, params, (xs,)), ys)
        grads = torch.autograd.grad(inner, list(params.values()), create_graph=True)
        params = {n: p - lr * g for (n, p), g in zip(params.items(), grads)}
    xq, yq = query
    return F.mse_loss(functional_call(net, params, (xq,)), yq)
