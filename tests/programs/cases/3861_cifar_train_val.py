import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.bn = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        x = F.relu(self.bn(self.conv(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def make_loader(n):
    data = TensorDataset(torch.randn(n, 3, 8, 8), torch.randint(0, 4, (n,)))
    return DataLoader(data, batch_size=8)


def validate(model, loader):
    model.eval()
    torch.set_grad_enabled(False)
    correct = total = 0
    for x, y in loader:
        correct += (model(x).argmax(1) == y).sum().item()
        total += y.numel()
    return correct / total


model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
train_loader, val_loader = make_loader(16), make_loader(8)
best = 0.0
for epoch in range(3):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    acc = validate(model, val_loader)
    best = max(best, acc)
    print(f"[{epoch}] loss={loss.item():.3f} val acc={acc:.3f}")
