import numpy as np
import torch
import torch.nn as nn


def create_sinusoidal_embeddings(nb_p, dim, E):
    theta = np.array([[p / np.power(10000, 2 * (j // 2) / dim) for j in range(dim)] for p in range(nb_p)])
    E[:, 0::2] = torch.FloatTensor(np.sin(theta[:, 0::2]))
    E[:, 1::2] = torch.FloatTensor(np.cos(theta[:, 1::2]))
    E.requires_grad = False


class Embeddings(nn.Module):
    def __init__(self, d_model=4, vocab=11, max_pos=8):
        super().__init__()
        self.tok = nn.Embedding(vocab, d_model)
        self.pos = nn.Embedding(max_pos, d_model)
        self.head = nn.Linear(d_model, 2)

    def forward(self, ids):
        position = torch.arange(ids.size(1)).unsqueeze(0)
        return self.head((self.tok(ids) + self.pos(position)).mean(1))


model = Embeddings()
create_sinusoidal_embeddings(nb_p=8, dim=4, E=model.pos.weight)
loss = nn.CrossEntropyLoss()(model(torch.randint(0, 11, (3, 5))), torch.tensor([0, 1, 1]))
loss.backward()
