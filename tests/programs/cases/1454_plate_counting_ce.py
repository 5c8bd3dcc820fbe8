import torch
from torch import nn


class CountLoss(nn.Module):
    """How often each character occurs, whatever the order."""

    def forward(self, scores, counts):
        steps, batch, kinds = scores.shape
        prob = torch.softmax(scores, dim=2)
        mean = prob.sum(dim=0) / steps
        wanted = counts / steps
        return -(wanted * torch.log(mean)).sum() / batch
