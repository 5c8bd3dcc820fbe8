import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


class CaptionModel(nn.Module):
    def __init__(self, vocab=6, dim=5, length=4):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.core = nn.GRUCell(dim, dim)
        self.logit = nn.Linear(dim, vocab)
        self.length = length

    def sample(self, feats, sample_max=True):
        state, it = feats, torch.zeros(len(feats), dtype=torch.long)
        seq, seqLogprobs = [], []
        for t in range(self.length):
            state = self.core(self.embed(it), state)
            logprobs = F.log_softmax(self.logit(state), dim=1)
            if sample_max:
                sampleLogprobs, it = torch.max(logprobs.data, 1)
                it = it.view(-1).long()
            else:
                prob_prev = torch.exp(logprobs.data)
                it = torch.multinomial(prob_prev, 1)
                sampleLogprobs = logprobs.gather(1, it)
                it = it.view(-1).long()
            seq.append(it)
            seqLogprobs.append(sampleLogprobs.view(-1))
        return torch.stack(seq, 1), torch.stack(seqLogprobs, 1)

    def sc_loss(self, feats, refs):
        gen, logp = self.sample(feats, sample_max=False)
        with torch.no_grad():
            greedy, _ = self.sample(feats)
        reward = (gen == refs).float().mean(1).numpy() - (greedy == refs).float().mean(1).numpy()
        reward = torch.from_numpy(np.repeat(reward[:, None] + 0.1, gen.size(1), 1)).float()
        mask = (gen > 0).float()
        return (-logp * reward * mask).sum() / mask.sum().clamp(min=1)
