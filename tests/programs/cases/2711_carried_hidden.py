import torch
import torch.nn as nn


class Predictor(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNNCell(3, 4)
        self.out = nn.Linear(4, 1)
        self.state = None

    def on_train_epoch_start(self):
        self.state = None

    def training_step(self, batch, batch_idx):
        x, y = batch
        if self.state is None:
            self.state = x.new_zeros(x.size(0), 4)
        self.state = self.rnn(x, self.state)
        return nn.functional.mse_loss(self.out(self.state), y)
