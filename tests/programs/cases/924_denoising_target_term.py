import torch
import torch.nn.functional as F


class StepLoss:
    def __init__(self, weight=0.5):
        self.weight = weight
        self.history = []

    def target_term(self, clean_pred, clean):
        err = F.mse_loss(clean_pred, clean)
        self.history.append(err.detach())
        return err

    def total(self, noise_pred, noise, clean_pred, clean):
        loss = F.mse_loss(noise_pred, noise)
        loss = loss + self.weight * self.target_term(clean_pred, clean).item()
        return loss
