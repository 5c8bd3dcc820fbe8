import torch
import torch.nn as nn
import torch.nn.functional as F


class Decoder(nn.Module):
    def __init__(self, vocab=6, hidden=4):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.out = nn.Linear(hidden, vocab)
        self.log_probs = []

    def sample(self, start, steps=3):
        token = start
        self.log_probs, self.mask = [], []
        for t in range(steps):
            probs = F.softmax(self.out(self.embed(token)), dim=-1)
            with torch.no_grad():
                token = torch.multinomial(probs, 1).squeeze(1)
            lp = torch.log(probs.gather(1, token.unsqueeze(1)).squeeze(1) + 1e-8)
            self.log_probs.append(lp)
            self.mask.append((token != 0).float())
        return token

    def reinforce(self, start, reward):
        """reward: B, change of the distance to the image after this round"""
        self.sample(start)
        loss = 0
        for t, log_prob in enumerate(self.log_probs):
            loss += -1 * log_prob * (reward.detach() * self.mask[t])
        return loss.sum() / start.size(0)
