import torch
import torch.nn.functional as F


class FedProx:
    def __init__(self, model, mu=0.1):
        self.model = model
        self.anchor = {k: v.detach().clone() for k, v in model.named_parameters()}
        self.mu = mu

    def proximal(self):
        return sum((p - self.anchor[n]).pow(2).sum() for n, p in self.model.named_parameters())

    def local_loss(self, x, y):
        return F.mse_loss(self.model(x), y) + 0.5 * self.mu * self.proximal()
