import torch
import torch.nn as nn
import torch.nn.functional as F


def make_student(width=10):
    return nn.Sequential(nn.Linear(6, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))


def slimming(net, strength):
    pen = []
    for name, layer in net.named_modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            pen.append(layer.weight.detach().abs().mean())
    return strength * sum(pen)


def student_objective(net, x, y):
    return F.cross_entropy(net(x), y) + slimming(net, 0.1)
