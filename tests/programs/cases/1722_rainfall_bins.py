import torch


class RainBins:
    def __init__(self, edges=(1.0, 5.0, 12.0, 25.0)):
        self.edges = torch.tensor(edges)

    def category(self, mm):
        return torch.bucketize(mm, self.edges)

    def __call__(self, mm, observed):
        miss = self.category(mm) - observed
        return (miss.float() ** 2).mean()
