import torch
import torch.nn.functional as F
from torch import nn


class PreferenceTrainer(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.body = nn.GRU(width, width, batch_first=True)
        self.scorer = nn.Linear(width, 1)

    def last_state(self, tokens):
        states, _ = self.body(tokens)
        return states[:, -1]

    def rewards(self, batch):
        out = {}
        for side in ("chosen", "rejected"):
            out[side] = self.scorer(self.last_state(batch[side])).squeeze(-1)
        return {side: r.detach() for side, r in out.items()}

    def step_loss(self, batch):
        r = self.rewards(batch)
        self.logged_margin = (r["chosen"] - r["rejected"]).mean().item()
        return -F.logsigmoid(r["chosen"] - r["rejected"]).mean()
