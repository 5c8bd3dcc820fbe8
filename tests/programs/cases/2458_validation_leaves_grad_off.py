import torch
import torch.nn as nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
head = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*backbone.parameters(), *head.parameters()], lr=1e-3)
criterion = nn.MSELoss()
data = [(torch.randn(5, 4), torch.randn(5, 1)) for _ in range(2)]


def train_epoch():
    backbone.train()
    head.train()
    for x, y in data:
        optimizer.zero_grad()
        loss = criterion(head(backbone(x)), y)
        loss.backward()
        optimizer.step()


def validate():
    backbone.eval()
    head.eval()
    torch.set_grad_enabled(False)
    total = 0.0
    for x, y in data:
        total += criterion(head(backbone(x)), y).item()
    return total / len(data)


for epoch in range(2):
    train_epoch()
    print(epoch, validate())
