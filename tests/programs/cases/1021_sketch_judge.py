import torch
from torch import nn


class Judge(nn.Module):
    def __init__(self, pixels=12, hidden=8):
        super().__init__()
        self.body = nn.Linear(pixels, hidden)
        self.gate = nn.Linear(pixels, hidden)
        self.act = nn.LeakyReLU(0.2, inplace=True)
        self.drop = nn.Dropout(0.3, inplace=True)
        self.out = nn.Linear(hidden, 1)
        self.criterion = nn.BCEWithLogitsLoss()

    def forward(self, img):
        img = img.view(img.size(0), -1)
        h = self.act(self.body(img))
        g = torch.sigmoid(self.gate(img))
        g = self.drop(g)
        return self.out(h * g).squeeze(-1)

    def real_loss(self, sketches):
        score = self(sketches)
        return self.criterion(score, torch.ones_like(score))
