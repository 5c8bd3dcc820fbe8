import torch
import torch.nn as nn
import torch.nn.functional as F


class Generator(nn.Module):
    def __init__(self, vocab=10, dim=8):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.cell = nn.GRUCell(dim, dim)
        self.out = nn.Linear(dim, vocab)

    def forward(self, seed, length):
        h = torch.zeros(seed.size(0), self.cell.hidden_size)
        token, sentence = seed, []
        for _ in range(length):
            h = self.cell(self.emb(token), h)
            probs = F.softmax(self.out(h), dim=-1)
            token = probs.argmax(dim=-1)
            sentence.append(token)
        return torch.stack(sentence, dim=1)


class Discriminator(nn.Module):
    def __init__(self, vocab=10):
        super().__init__()
        self.vocab = vocab
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(vocab * 4, 1), nn.Sigmoid())

    def forward(self, sentences):
        onehot = F.one_hot(sentences, self.vocab).float()
        return self.net(onehot)


def train_generator(generator, discriminator, seed, loss_fn=nn.BCELoss()):
    fake = generator(seed, 4)
    verdict = discriminator(fake)
    g_loss = loss_fn(verdict, torch.ones_like(verdict))
    return g_loss
