import numpy
import torch


def derivative(dy, x, order=1):
    for _ in range(order):
        dy = torch.autograd.grad(dy, x, torch.ones_like(dy), create_graph=True, retain_graph=True)[0]
    return dy


def mse_b(model, t_b):
    t_b.requires_grad = True
    # moving boundary x = 2 pi exp(-t)
    x_b_lower = 2 * numpy.pi * torch.exp(-t_b)
    x_b_lower.requires_grad = True
    x_b_upper = torch.full_like(t_b, 5.0).requires_grad_(True)
    h_lower = model(torch.stack((x_b_lower, t_b), dim=1))
    h_upper = model(torch.stack((x_b_upper, t_b), dim=1))
    dirichlet = (h_lower[:, 0] - h_upper[:, 0]) ** 2 + (h_lower[:, 1] - h_upper[:, 1]) ** 2
    du_lower = derivative(h_lower[:, 0], x_b_lower)
    du_upper = derivative(h_upper[:, 0], x_b_upper)
    return dirichlet.mean() + (du_lower - du_upper).pow(2).mean()
