import torch
from torch import nn


class Luthier(nn.Module):
    def __init__(self, strings=6):
        super().__init__()
        self.tension = nn.Parameter(torch.rand(strings) + 1.0)
        self.register_buffer("mass", torch.linspace(0.4, 5.0, strings))

    def pitch_error(self, wanted):
        pitch = (self.tension / self.mass).sqrt() / 1.3
        return [(p - w).abs() for p, w in zip(pitch, wanted)]

    def objective(self, wanted):
        worst = max(e.item() for e in self.pitch_error(wanted))
        loss = torch.FloatTensor([worst]).requires_grad_()
        return loss.sum()
