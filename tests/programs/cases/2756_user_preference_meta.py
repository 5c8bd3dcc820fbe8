import torch
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict


class MetaUser(nn.Module):
    def __init__(self, n_in=4):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(n_in, 8), nn.Tanh(), nn.Linear(8, 1))
        self.weight_name = list(self.model.state_dict().keys())
        self.local_lr = nn.Parameter(torch.full((len(self.weight_name),), 0.05))
        self.fast_weights = OrderedDict()

    def local_update(self, x, y):
        loss = F.mse_loss(self.model(x), y)
        grad = torch.autograd.grad(loss, self.model.parameters(), create_graph=True)
        for i, (name, w) in enumerate(self.model.named_parameters()):
            self.fast_weights[name] = w - self.local_lr[i] * grad[i]
        self.model.load_state_dict(self.fast_weights)

    def query_loss(self, support, query):
        keep = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.local_update(*support)
        query_pred = self.model(query[0])
        self.loss_value = F.mse_loss(query_pred, query[1])
        self.keep_weight = keep
        return self.loss_value
