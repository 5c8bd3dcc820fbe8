import torch


class EdgeLoss:
    def __init__(self, exact=False):
        self.exact = exact

    def edges(self, x):
        dx = x[..., :-1, 1:] - x[..., :-1, :-1]
        dy = x[..., 1:, :-1] - x[..., :-1, :-1]
        return torch.hypot(dx, dy) if self.exact else dx.pow(2).add(dy.pow(2)).sqrt()

    def __call__(self, out, ref):
        return (self.edges(out) - self.edges(ref)).abs().mean()
