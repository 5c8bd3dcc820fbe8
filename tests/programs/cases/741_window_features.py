import torch


class RhythmLoss:
    def __init__(self, lags=(2, 3, 4)):
        self.lags = lags

    def autocorrelation(self, onset):
        x = onset - onset.mean()
        return torch.Tensor([(x[lag:] * x[:-lag]).mean() for lag in self.lags])

    def loss(self, onset, reference):
        a, b = self.autocorrelation(onset), self.autocorrelation(reference)
        return 1 - torch.nn.functional.cosine_similarity(a, b, dim=0)
