import numpy as np
import torch
from torch import nn


class PreferenceModel(nn.Module):
    def __init__(self, users=("anna", "ben"), dim=4, protos=3):
        super().__init__()
        start = np.random.multivariate_normal(np.zeros(dim), np.eye(dim), protos).T
        self.protos = nn.Parameter(torch.tensor(start).float())
        self.user_weights = nn.ParameterDict()
        for user in users:
            self.user_weights[user] = nn.Parameter(torch.tensor(np.random.randn(protos, 1)).float())

    def training_step(self, users, left, right, margin=1.0):
        weights = torch.hstack([self.user_weights[u] for u in users])
        ideal = self.protos @ weights.softmax(dim=0)
        near = (left - ideal.t()).pow(2).sum(1)
        far = (right - ideal.t()).pow(2).sum(1)
        return torch.relu(margin + near - far).mean()
