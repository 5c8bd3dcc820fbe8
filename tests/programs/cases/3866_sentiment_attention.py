import torch
import torch.nn as nn
import torch.nn.functional as F


class AttnClassifier(nn.Module):
    def __init__(self, vocab=20, emb=6, hid=8, n_out=2):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.LSTM(emb, hid, batch_first=True, bidirectional=True)
        self.W = nn.Linear(2 * hid, 10)
        self.v = nn.Linear(10, 1, bias=False)
        self.fc = nn.Linear(2 * hid, n_out)

    def attention(self, H):
        # H: [batch, seq, 2 * hid]
        energy = torch.tanh(self.W(H))
        scores = self.v(energy)
        weights = F.softmax(scores, dim=-1)
        context = torch.sum(weights * H, dim=1)
        return context, weights.squeeze(-1)

    def forward(self, tokens):
        out, _ = self.rnn(self.embedding(tokens))
        context, weights = self.attention(out)
        return self.fc(context), weights

    def loss(self, tokens, y):
        logits, _ = self(tokens)
        return F.cross_entropy(logits, y)
