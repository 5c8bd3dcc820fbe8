import torch


class GustEstimator:
    def __init__(self, stations=4, scale=0.1):
        self.gust = scale * torch.randn(stations, 3, requires_grad=True)
        self.rate = 0.5

    def miss_distance(self, path, landed):
        pushed = path + self.gust.cumsum(0)
        return (pushed[-1] - landed).square().sum()

    def step(self, path, landed):
        self.miss_distance(path, landed).backward()
        with torch.no_grad():
            self.gust -= self.rate * self.gust.grad
            self.gust.grad = None
