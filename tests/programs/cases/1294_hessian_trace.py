import torch


def laplacian(net, x):
    x = x.detach().requires_grad_(True)
    u = net(x).sum()
    (g,) = torch.autograd.grad(u, x, create_graph=True)
    total = 0.0
    for k in range(x.shape[1]):
        total = total + torch.autograd.grad(g[:, k].sum(), x, create_graph=True)[0][:, k]
    return total


def curvature_loss(net, x, source):
    return (laplacian(net, x) - source).pow(2).mean()
