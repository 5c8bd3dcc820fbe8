import torch


class PanelLoss:
    def __init__(self, weights):
        self.weights = weights

    def scores(self, outputs, ratings):
        return {
            name: float((outputs[name] - ratings[name]).pow(2).mean())
            for name in self.weights
        }

    def __call__(self, outputs, ratings):
        scores = self.scores(outputs, ratings)
        total = sum(weight * scores[name] for name, weight in self.weights.items())
        return total / sum(self.weights.values())
