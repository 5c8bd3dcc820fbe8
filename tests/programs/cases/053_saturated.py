import torch


class SlackPenalty:
    floor = 1.0

    def __init__(self, limit, scale=2.0):
        self.limit = limit
        self.scale = scale

    def __call__(self, flows):
        load = torch.clamp(self.scale * flows, min=self.floor)
        return (load / self.limit).pow(4).sum()
