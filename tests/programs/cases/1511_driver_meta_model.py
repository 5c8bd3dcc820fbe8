import copy
import torch
from torch import nn


class MetaLearner:
    def __init__(self, inner_lr=0.01, inner_steps=2):
        self.model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        self.criterion = nn.MSELoss()
        self.inner_lr = inner_lr
        self.inner_steps = inner_steps

    def inner_update(self, model, support_x, support_y):
        adapted_model = copy.deepcopy(model)
        for _ in range(self.inner_steps):
            pred = adapted_model(support_x)
            loss = self.criterion(pred, support_y)
            grads = torch.autograd.grad(loss, adapted_model.parameters(), create_graph=True)
            for param, grad in zip(adapted_model.parameters(), grads):
                param.data -= self.inner_lr * grad
        return adapted_model

    def meta_train_step(self, tasks):
        meta_loss = 0.0
        for support_x, support_y, query_x, query_y in tasks:
            adapted_model = self.inner_update(self.model, support_x, support_y)
            pred = adapted_model(query_x)
            meta_loss += self.criterion(pred, query_y)
        return meta_loss / len(tasks)
