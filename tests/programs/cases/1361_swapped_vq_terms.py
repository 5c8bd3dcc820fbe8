import torch
from torch import nn


class VectorQuantizer(nn.Module):
    def __init__(self, n_e=6, e_dim=3, beta=0.25):
        super().__init__()
        self.n_e, self.beta = n_e, beta
        self.embedding = nn.Embedding(n_e, e_dim)
        self.embedding.weight.data.uniform_(-1.0 / n_e, 1.0 / n_e)

    def forward(self, z, want):
        d = torch.sum(z ** 2, dim=1, keepdim=True) + torch.sum(self.embedding.weight ** 2, dim=1) - 2 * z @ self.embedding.weight.t()
        idx = torch.argmin(d, dim=1).unsqueeze(1)
        hot = torch.zeros(idx.shape[0], self.n_e)
        hot.scatter_(1, idx, 1)
        z_q = torch.matmul(hot, self.embedding.weight).view(z.shape)
        loss = torch.mean((z_q.detach() - z) ** 2) + self.beta * torch.mean((z_q - z.detach()) ** 2)
        z_q = z + (z_q - z).detach()
        e_mean = torch.mean(hot, dim=0)
        self.perplexity = torch.exp(-torch.sum(e_mean * torch.log(e_mean + 1e-10)))
        return loss + (z_q - want).pow(2).mean()
