import torch
import torch.nn as nn
import torch.nn.functional as F


class Prompted(nn.Module):
    def __init__(self, backbone, dim=6, n_prompt=2):
        super().__init__()
        self.backbone = backbone
        self.prompt = nn.Parameter(torch.zeros(n_prompt, dim))

    def forward(self, x):
        return self.backbone(x + self.prompt.mean(0))


class PromptTuner:
    def __init__(self, lr=0.1, n_prompt=8):
        self.model = Prompted(nn.Linear(6, 3))
        self.opt = torch.optim.Adam([self.model.prompt], lr=lr)
        if lr > 0:
            print("tuning", n_prompt, "prompt vectors")
        self.model.prompt = nn.Parameter(torch.randn(n_prompt, 6) * 0.02)

    def loss(self, x, y):
        return F.cross_entropy(self.model(x), y)

    def step(self, x, y):
        self.opt.zero_grad()
        self.loss(x, y).backward()
        self.opt.step()
