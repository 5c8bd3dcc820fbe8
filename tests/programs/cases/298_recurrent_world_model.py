import torch
from torch import nn


class WorldModel(nn.Module):
    """Online learning on a stream: `observe` is called for every frame, then `.backward()`."""

    def __init__(self, n_obs=3, n_belief=4):
        super().__init__()
        self.core = nn.GRUCell(n_obs, n_belief)
        self.render = nn.Linear(n_belief, n_obs)
        self.belief = None

    def reset(self, batch):
        self.belief = torch.zeros(batch, self.core.hidden_size)

    def observe(self, frame, nxt):
        if self.belief is None:
            self.reset(len(frame))
        self.belief = self.core(frame, self.belief)
        imagined = self.render(self.belief)
        return (imagined - nxt).pow(2).sum(-1).mean()
