import torch


def hessian_vector(f, w, v):
    (g,) = torch.autograd.grad(f(w), w, create_graph=True)
    (hv,) = torch.autograd.grad(g, w, grad_outputs=v, create_graph=True)
    return hv


def hvp_damping_loss(w, x, y, lam=1e-2):
    def f(p):
        return torch.nn.functional.softplus(-y * (x @ p)).mean()

    v = torch.randint(0, 2, w.shape).to(w) * 2 - 1
    return f(w) + lam * hessian_vector(f, w, v).square().sum()
