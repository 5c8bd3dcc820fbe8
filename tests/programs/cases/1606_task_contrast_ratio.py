import torch
import torch.nn as nn


class SupervisedContrastiveLoss(nn.Module):
    """Pulls instances with the same failure type together."""

    def __init__(self, tau=0.3):
        super().__init__()
        self.tau = tau

    def forward(self, embeds, types):
        sim = torch.relu(torch.cosine_similarity(embeds.unsqueeze(1), embeds.unsqueeze(0), dim=-1)) / self.tau
        same = (types.unsqueeze(0) == types.unsqueeze(1)).float()
        same.fill_diagonal_(0)
        off = 1 - torch.eye(len(embeds))
        sim_sum = (sim * off).sum(dim=1, keepdim=True)
        ratio = torch.div(sim, sim_sum)
        loss = (1 - (ratio * same).sum(1)).mean()
        return loss
