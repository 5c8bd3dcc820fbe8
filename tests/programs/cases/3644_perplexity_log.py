import math

import torch
from torch import nn

torch.manual_seed(0)


class TinyLM(nn.Module):
    def __init__(self, vocab=12, dim=8):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.out = nn.Linear(dim, vocab)

    def forward(self, tokens):
        return self.out(self.emb(tokens).cumsum(1))


lm = TinyLM()
adam = torch.optim.Adam(lm.parameters())
xent = nn.CrossEntropyLoss()
text = torch.randint(0, 12, (6, 9))


def perplexity(tokens):
    torch.set_grad_enabled(False)
    logits = lm(tokens[:, :-1])
    return math.exp(xent(logits.flatten(0, 1), tokens[:, 1:].flatten()))


for epoch in range(3):
    logits = lm(text[:, :-1])
    loss = xent(logits.flatten(0, 1), text[:, 1:].flatten())
    adam.zero_grad()
    loss.backward()
    adam.step()
    print(f"{epoch:3d} loss {loss.item():.3f} ppl {perplexity(text):8.2f}")
