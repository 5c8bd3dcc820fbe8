import torch


class RankingAccuracy:
    """Share of (clicked, skipped) pairs in the wrong order."""

    def __init__(self, ties=0.5):
        self.ties = ties

    def pairs(self, a, b):
        return a.unsqueeze(1) - b.unsqueeze(0)

    def __call__(self, s_pos, s_neg):
        diff = self.pairs(s_pos, s_neg)
        wrong = torch.zeros_like(diff)
        wrong[diff < 0] = 1.0
        wrong[diff == 0] = self.ties
        return wrong.mean()
