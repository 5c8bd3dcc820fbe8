from copy import deepcopy

import torch
import torch.nn.functional as F


def adapt(net, x, y, lr):
    learner = deepcopy(net)
    inner = F.mse_loss(learner(x), y)
    grads = torch.autograd.grad(inner, tuple(learner.parameters()))
    with torch.no_grad():
        for p, g in zip(learner.parameters(), grads):
            p -= lr * g
    return learner


def adapt_and_test(net, support, query, lr=0.05):
    learner = adapt(net, *support, lr)
    x, y = query
    return F.mse_loss(learner(x), y)
