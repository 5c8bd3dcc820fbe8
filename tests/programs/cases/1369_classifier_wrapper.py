import torch
from torch import nn


class NetBase:
    def __init__(self, module, criterion=nn.MSELoss):
        self.module_ = module
        self.criterion_ = criterion()

    def infer(self, x):
        return self.module_(x)

    def get_loss(self, y_pred, y_true):
        return self.criterion_(y_pred, y_true)

    def train_step(self, Xi, yi):
        y_pred = self.infer(Xi)
        return self.get_loss(y_pred, yi)


class NetClassifier(NetBase):
    def __init__(self, module, criterion=nn.NLLLoss):
        super().__init__(nn.Sequential(*module, nn.Softmax(dim=-1)), criterion)

    def get_loss(self, y_pred, y_true):
        if isinstance(self.criterion_, nn.NLLLoss):
            y_pred = torch.log(y_pred)
        return super().get_loss(y_pred, y_true)
