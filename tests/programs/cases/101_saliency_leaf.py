import torch


def saliency_gap(net, x):
    probe = x.clone()
    probe.requires_grad_(True)
    probe = probe * 1.0
    net(probe).sum().backward()
    g = probe.grad
    return (net(x) * g.abs().mean()).mean()
