import torch


def velocity(net, xy):
    xy = xy.requires_grad_(True)
    psi = net(xy)
    g = torch.autograd.grad(psi.sum(), [xy])[0]
    return torch.stack([g[:, 1], -g[:, 0]], dim=1)


def stream_loss(net, xy, measured):
    return (velocity(net, xy) - measured).square().mean()
