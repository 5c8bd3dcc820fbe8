import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(3)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.drop = nn.Dropout(0.1)
        self.fc2 = nn.Linear(16, 1)

    def forward(self, x):
        return self.fc2(self.drop(F.relu(self.fc1(x))))


X = torch.rand(60, 8)
Y = (X @ torch.rand(8, 1)) + 0.1 * torch.randn(60, 1)
train_ds, val_ds = random_split(TensorDataset(X, Y), [48, 12])
train_dl = DataLoader(train_ds, batch_size=16, shuffle=True)
val_dl = DataLoader(val_ds, batch_size=12)

net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)


def validate():
    net.eval()
    torch.set_grad_enabled(False)
    err = 0.0
    for xb, yb in val_dl:
        err += F.mse_loss(net(xb), yb, reduction="sum").item()
    return (err / len(val_ds)) ** 0.5


for epoch in range(3):
    net.train()
    for xb, yb in train_dl:
        optimizer.zero_grad()
        loss = F.mse_loss(net(xb), yb)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: val rmse {validate():.3f}")
