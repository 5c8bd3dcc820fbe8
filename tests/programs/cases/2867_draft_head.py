from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F


class Batch(NamedTuple):
    hidden_states: torch.Tensor
    target_logits: torch.Tensor
    loss_mask: torch.Tensor


def masked_kl(draft_hidden, lm_head, target_logits, loss_mask):
    valid_idx = loss_mask.flatten().nonzero().squeeze(-1)
    if valid_idx.numel() == 0:
        zero = draft_hidden.new_tensor(0.0)
        return zero, zero
    h = draft_hidden.flatten(0, 1).index_select(0, valid_idx)
    t = target_logits.flatten(0, 1).index_select(0, valid_idx)
    logp = F.log_softmax(lm_head(h), dim=-1)
    loss = -(t.softmax(-1) * logp).sum(-1).mean()
    acc = (logp.argmax(-1) == t.argmax(-1)).float().mean()
    return loss, acc


class Eagle3Trainer(nn.Module):
    def __init__(self, dim=6, vocab=7, depth=2, decay=0.8):
        super().__init__()
        self.draft = nn.Linear(dim, dim)
        self.lm_head = nn.Linear(dim, vocab, bias=False).requires_grad_(False)
        self.depth = depth
        self.decay = decay
        self.log = {}

    def training_step(self, batch):
        h = batch.hidden_states
        total = 0.0
        for step in range(self.depth):
            h = torch.tanh(self.draft(h))
            loss, acc = masked_kl(h, self.lm_head, batch.target_logits, batch.loss_mask)
            self.log[f"acc_{step}"] = acc.item()
            total = total + self.decay**step * loss
        return total
