import torch


class GroupPolicy:
    eps = 1e-8

    def normalise(self, a):
        return (a - a.mean()) / (a.std() + self.eps)

    def loss(self, logp, value, ret):
        adv = self.normalise(ret - value)
        return -(logp * adv).mean() + 0.5 * (ret - value).pow(2).mean()
