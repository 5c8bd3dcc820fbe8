import torch
from torch import nn


class WeatherNet(nn.Module):
    def __init__(self, channels=3, horizon=2, loss="mse"):
        super().__init__()
        self.net = nn.Linear(channels, horizon)
        kinds = {"mse": nn.MSELoss, "huber": nn.HuberLoss}
        self.loss = kinds[loss](reduction="none")

    def training_step(self, batch, batch_idx=0):
        x, y = batch
        mask = torch.logical_not(torch.isnan(y))
        y_hat = self.net(x)
        loss = self.loss(y_hat, y)[mask].mean()
        return loss
