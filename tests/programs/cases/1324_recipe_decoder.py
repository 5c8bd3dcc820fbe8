import torch
from torch import nn


class StepDecoder(nn.Module):
    def __init__(self, vocab=7, dim=5, seq_length=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.cell = nn.GRUCell(dim, dim)
        self.head = nn.Linear(dim, vocab)
        self.seq_length = seq_length

    def sample(self, feat):
        ids = torch.zeros(feat.size(0), dtype=torch.long)
        state, logits, sampled = feat, [], []
        for _ in range(self.seq_length):
            state = self.cell(self.emb(ids), state)
            out = self.head(state)
            logits.append(out)
            _, ids = out.max(1)
            ids = ids.detach()
            sampled.append(ids)
        sampled = torch.stack(sampled, 1)
        logits = torch.stack(logits, 1).data
        return sampled, logits


class RecipeModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 5)
        self.decoder = StepDecoder()
        self.crit = nn.CrossEntropyLoss(ignore_index=6)

    def forward(self, img, captions):
        feat = torch.tanh(self.encoder(img))
        _, outputs = self.decoder.sample(feat)
        outputs = outputs.view(-1, outputs.size(-1))
        return {"recipe_loss": self.crit(outputs, captions.view(-1))}
