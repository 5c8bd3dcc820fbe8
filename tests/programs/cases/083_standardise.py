import torch


class Whitening:
    def normalise(self, x):
        x = x * 1.0
        x -= x.mean(0)
        x /= x.norm(dim=1, keepdim=True)
        return x

    def loss(self, x):
        z = self.normalise(x)
        c = z.t() @ z / len(z)
        off = c - torch.diag(torch.diagonal(c))
        return off.pow(2).sum() + (torch.diagonal(c) - 1).pow(2).sum()
