import torch
from torch import nn


class SurvivalNet(nn.Module):
    def __init__(self, d=3, bins=5):
        super().__init__()
        self.fc = nn.Linear(d, bins)

    def survival(self, x):
        hazard = torch.sigmoid(self.fc(x))
        surv = 1 - hazard
        for k in range(1, surv.shape[1]):
            surv[:, k] = surv[:, k] * surv[:, k - 1]
        return surv

    def nll(self, x, t, event):
        s = self.survival(x).gather(1, t[:, None]).squeeze(1)
        return -(event * torch.log(1 - s + 1e-6) + (1 - event) * torch.log(s + 1e-6)).mean()
