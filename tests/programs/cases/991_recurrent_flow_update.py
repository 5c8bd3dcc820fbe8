import torch
from torch import nn


class IterativeFlow(nn.Module):
    def __init__(self, iters=3, gamma=0.8):
        super().__init__()
        self.update = nn.Linear(4, 2)
        self.iters, self.gamma = iters, gamma

    def loss(self, feats, flow_gt):
        flow = torch.zeros_like(flow_gt)
        loss = 0.0
        for i in range(self.iters):
            flow = flow.detach()
            flow = flow + self.update(torch.cat([feats, flow], dim=-1))
            weight = self.gamma ** (self.iters - i - 1)
            loss = loss + weight * (flow - flow_gt).abs().mean()
        return loss
