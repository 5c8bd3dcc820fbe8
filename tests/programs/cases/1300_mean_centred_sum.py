import torch


class Whiten:
    def __call__(self, x):
        return (x - x.mean(0)) / (x.std(0) + 1e-6)


def residual_loss(pred, factor):
    """The standardised forecast must average to the factor's mean."""
    z = Whiten()(pred)
    drift = z.mean(0)
    return (drift - factor.mean(0)).pow(2).sum()
