import torch
import torch.nn as nn


@torch.no_grad()
def layer_norms(net):
    norms = []
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            norms.append(torch.linalg.matrix_norm(layer.weight, ord=2))
    return norms


def bound_penalty(net, limit=1.0):
    """Hinge on the product of the layers' spectral norms."""
    product = torch.stack(layer_norms(net)).prod()
    return torch.relu(product - limit + 5.0)
