import torch
from torch import nn


class BeamReward(nn.Module):
    def __init__(self):
        super().__init__()
        self.lm = nn.Linear(4, 5)

    def loss(self, states, beams):
        logp = self.lm(states).log_softmax(-1)
        best = None
        for beam in beams:
            score = sum(logp[t, w] for t, w in enumerate(beam)) / max(len(beam), 1)
            best = score if best is None else torch.maximum(best, score)
        return -best if best is not None else torch.tensor(0.0, requires_grad=True)
