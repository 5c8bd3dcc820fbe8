import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class TextClassifier(nn.Module):
    def __init__(self, vocab=20, dim=8):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.fc = nn.Linear(dim, 2)

    def forward(self, ids):
        return self.fc(self.embedding(ids).mean(1))

    def grow_vocab(self, n):
        table = self.embedding.weight.data
        extra = torch.randn(n, table.shape[1]) * 0.02
        self.embedding = nn.Embedding.from_pretrained(torch.cat([table, extra]), freeze=False)


clf = TextClassifier()
opt = torch.optim.Adagrad(clf.parameters(), lr=0.1)
clf.grow_vocab(5)
for _ in range(3):
    ids, y = torch.randint(0, 25, (6, 4)), torch.randint(0, 2, (6,))
    opt.zero_grad()
    loss = F.cross_entropy(clf(ids), y)
    loss.backward()
    opt.step()
