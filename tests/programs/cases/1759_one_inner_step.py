import torch


def inner(w, x, y, lr=0.1):
    err = ((x @ w - y) ** 2).mean()
    g, = torch.autograd.grad(err, [w], create_graph=True)
    return w - lr * g


def meta_loss(w, support, query):
    fast = inner(w, *support)
    fast = inner(fast, *support)
    xq, yq = query
    return ((xq @ fast - yq) ** 2).mean()
