import torch.nn as nn
import torch.nn.functional as F


class SectionLoss(nn.Module):
    """Pitch and dynamics of both sections, with a weight for each."""

    def __init__(self, weights=(1.0, 0.5)):
        super().__init__()
        self.weights = weights

    def forward(self, soprano, bass, score):
        loss = 0.0
        for section, part in ((soprano, score["soprano"]), (bass, score["bass"])):
            pitch, volume = section.unbind(dim=-1)
            terms = (F.l1_loss(pitch, part[:, 0]), F.mse_loss(volume, part[:, 1]))
            loss = sum(w * t for w, t in zip(self.weights, terms))
        return loss
