import torch
import torch.nn as nn
import torch.nn.functional as F

n_nodes, n_feat, n_class = 12, 6, 3
features = torch.randn(n_nodes, n_feat)
labels = torch.randint(0, n_class, (n_nodes,))
train_idx = torch.arange(0, 8)


def normalize(a):
    a = a + torch.eye(a.size(0))
    d = a.sum(1).pow(-0.5)
    return d[:, None] * a * d[None, :]


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass):
        super().__init__()
        self.w1 = nn.Linear(nfeat, nhid, bias=False)
        self.w2 = nn.Linear(nhid, nclass, bias=False)

    def forward(self, x, adj):
        x = F.relu(adj @ self.w1(x))
        return F.log_softmax(adj @ self.w2(x), dim=1)


edge_logits = nn.Parameter(0.1 * torch.randn(n_nodes, n_nodes))
model = GCN(n_feat, 8, n_class)
optimizer = torch.optim.Adam([*model.parameters(), edge_logits], lr=0.01)

adj = normalize(torch.sigmoid(edge_logits))

model.train()
for epoch in range(10):
    optimizer.zero_grad()
    output = model(features, adj)
    loss = F.nll_loss(output[train_idx], labels[train_idx])
    loss.backward()
    optimizer.step()
    acc = (output.argmax(1)[train_idx] == labels[train_idx]).float().mean()
    print(f"epoch {epoch} loss {loss.item():.4f} acc {acc:.3f}")
