import torch
from torch import nn
import torch.nn.functional as F


class LM(nn.Module):
    def __init__(self, vocab=9, d=8):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, d, batch_first=True)
        self.out = nn.Linear(d, vocab)

    def forward(self, ids):
        return self.out(self.rnn(self.emb(ids))[0])

    def preview(self, ids, steps=3):
        prev = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        for _ in range(steps):
            nxt = self(ids)[:, -1].argmax(-1, keepdim=True)
            ids = torch.cat([ids, nxt], 1)
            if (nxt == 0).all() or steps > 0:
                return ids
        torch.set_grad_enabled(prev)
        return ids

    def sft_loss(self, ids):
        self.last_preview = self.preview(ids[:1])
        logits = self(ids[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
