import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)

    def features(self, x):
        return torch.tanh(self.fc(x))

    def labels(self, x):
        return self.features(x).argmax(-1)


def distill(big, small, x):
    with torch.no_grad():
        wanted, label = big.features(x), big.labels(x)
    mine = small.features(x)
    return F.mse_loss(mine, wanted) + F.cross_entropy(mine, label)
