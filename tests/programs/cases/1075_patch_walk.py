import torch
from torch import nn
import torch.nn.functional as F


class PatchWalk(nn.Module):
    def __init__(self, dim=5, temperature=0.07, dropout=0.1, eps=1e-20):
        super().__init__()
        self.enc = nn.Linear(dim, 4)
        self.temperature, self.dropout, self.eps = temperature, dropout, eps

    def stoch_mat(self, A):
        A = A.clone()
        if self.dropout > 0:
            A[torch.rand_like(A) < self.dropout] = -1e20
        return F.softmax(A / self.temperature, dim=-1)

    def loss(self, video):
        q = F.normalize(self.enc(video), dim=-1)
        A = torch.einsum("btnd,btmd->btnm", q[:, :-1], q[:, 1:])
        xents, diags = [torch.tensor([0.0])], {}
        T = A.size(1)
        for i in range(1, T + 1):
            walk = torch.eye(A.size(-1)).expand(len(A), -1, -1)
            for k in range(i):
                walk = walk @ self.stoch_mat(A[:, k])
            for k in reversed(range(i)):
                walk = walk @ self.stoch_mat(A[:, k].transpose(1, 2))
            logits = torch.log(walk + self.eps).flatten(0, 1)
            target = torch.arange(A.size(-1)).repeat(len(A))
            xents.append(F.cross_entropy(logits, target))
            diags[f"acc {i}"] = (torch.argmax(logits, dim=-1) == target).float().mean().item()
        self.diags = diags
        return sum(xents) / max(1, len(xents) - 1)
