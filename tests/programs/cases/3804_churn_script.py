import torch
import torch.nn as nn

torch.manual_seed(7)

n_customers, n_features = 64, 5
X = torch.randn(n_customers, n_features)
true_w = torch.tensor([1.0, -2.0, 0.5, 0.0, 1.5])
y = (X @ true_w + 0.1 * torch.randn(n_customers) > 0).float()

model = nn.Sequential(nn.Linear(n_features, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)


def false_rate(scores, labels, threshold=0.5):
    probs = torch.sigmoid(scores.squeeze(1))
    flagged = (probs > threshold).float()
    fp = (flagged * (1 - labels)).sum()
    fn = ((1 - flagged) * labels).sum()
    return (fp + 3 * fn) / len(labels)


for epoch in range(3):
    opt.zero_grad()
    loss = false_rate(model(X), y)
    loss.backward()
    opt.step()
    print(epoch, loss.item())
