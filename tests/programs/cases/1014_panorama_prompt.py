import torch
from torch import nn
import torch.nn.functional as F


class PanoramaSampler(nn.Module):
    def __init__(self, vocab=7, dim=5):
        super().__init__()
        self.transformer = nn.Linear(dim, vocab)
        self.codebook = nn.Embedding(vocab, dim)
        self.clip = nn.Linear(dim, 3).requires_grad_(False)

    def decode_to_img(self, index):
        return self.codebook(index)

    def training_step(self, batch):
        logits = self.transformer(batch["cond"])
        target = batch["codes"]
        loss = F.cross_entropy(logits.reshape(-1, logits.size(-1)), target.reshape(-1))
        probs = F.softmax(logits, dim=-1)
        _, index = torch.topk(probs, k=1, dim=-1)
        with torch.no_grad():
            x = self.decode_to_img(index.squeeze(-1)).mean(1)
            img_emb = self.clip(x)
            img_emb = img_emb / img_emb.norm(dim=-1, keepdim=True)
            sim = F.cosine_similarity(img_emb.unsqueeze(1), batch["text"].unsqueeze(0), dim=-1)
        loss = loss + (1 - sim.diagonal()).mean()
        return loss
