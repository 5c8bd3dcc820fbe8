import torch
import torch.nn.functional as F


def grads(net, x, y, keep):
    loss = F.cross_entropy(net(x), y)
    return torch.autograd.grad(loss, list(net.parameters()), create_graph=keep)


def distil_data_loss(images, net, labels, real, real_y):
    wanted = [g.detach() for g in grads(net, real, real_y, keep=False)]
    got = grads(net, images, labels, keep=True)
    return sum(1 - F.cosine_similarity(a.flatten(), b.flatten(), dim=0) for a, b in zip(got, wanted))
