import torch


def d(y, x):
    return torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]


def burgers(net, x, t, nu=0.01):
    x = x.detach().requires_grad_(True)
    t = t.detach().requires_grad_(True)
    u = net(torch.cat([x, t], dim=1))
    u_x, u_t = d(u, x), d(u, t)
    u_xx = d(u_x, x)
    return (u_t + u * u_x - nu * u_xx).square().mean()
