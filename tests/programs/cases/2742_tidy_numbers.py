import torch


class Trainer:
    def __init__(self):
        self.model = torch.nn.Linear(3, 1)
        self.history = []

    def compute(self, x, y):
        error = (self.model(x) - y).abs().mean()
        error = round(error, 2)
        self.history.append(error)
        return error
