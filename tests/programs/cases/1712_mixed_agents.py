import torch
from torch import nn
import torch.nn.functional as F


class MixingNet(nn.Module):
    def __init__(self, n_agents=3, d_state=4):
        super().__init__()
        self.hyper_w = nn.Linear(d_state, n_agents)
        self.hyper_b = nn.Linear(d_state, 1)

    def mix(self, q, state):
        w = self.hyper_w(state).abs().data
        b = self.hyper_b(state).squeeze(-1)
        return (q * w).sum(-1) + b

    def td_loss(self, q, state, target):
        return F.smooth_l1_loss(self.mix(q, state), target)
