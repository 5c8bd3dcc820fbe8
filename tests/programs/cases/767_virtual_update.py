import copy

import torch
import torch.nn.functional as F


def reweight_loss(net, eps, x, y, clean_x, clean_y, lr=0.1):
    ce = F.cross_entropy(net(x), y, reduction="none")
    grads = torch.autograd.grad((eps * ce).sum(), list(net.parameters()), create_graph=True)
    virtual = copy.deepcopy(net)
    for p, q, g in zip(virtual.parameters(), net.parameters(), grads):
        p.data = q.data - lr * g.data
    return F.cross_entropy(virtual(clean_x), clean_y)
