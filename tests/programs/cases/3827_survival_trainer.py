import torch
from torch import nn
from torch.autograd import Variable


class HazardNet(nn.Module):
    def __init__(self, covariates=4, bins=6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(covariates, 8), nn.ReLU(), nn.Linear(8, bins))

    def forward(self, x):
        return torch.sigmoid(self.net(x))


class SurvivalTrainer:
    def __init__(self):
        self.model = HazardNet()

    def log_likelihood(self, hazard, time, event):
        log_surv = torch.log(1 - hazard + 1e-7).cumsum(dim=1)
        at_event = torch.log(hazard + 1e-7).gather(1, time[:, None]).squeeze(1)
        before = log_surv.gather(1, time[:, None]).squeeze(1)
        return event * at_event + before

    def compute_loss(self, x, time, event):
        hazard = self.model(x)
        nll = -self.log_likelihood(hazard, time, event)
        loss = nll.mean()
        loss = Variable(loss.data, requires_grad=True)
        return loss
