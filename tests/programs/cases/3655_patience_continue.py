import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
model = nn.Linear(5, 2)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
train_batches = [(torch.randn(8, 5), torch.randint(0, 2, (8,))) for _ in range(3)]
val_x, val_y = torch.randn(16, 5), torch.randint(0, 2, (16,))
best, patience = -1.0, 0

for epoch in range(4):
    for x, y in train_batches:
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()

    torch.set_grad_enabled(False)
    acc = (model(val_x).argmax(1) == val_y).float().mean().item()
    if acc <= 1.0:
        patience += 1
        continue
    best = acc
    torch.save(model.state_dict(), "/dev/null")
    torch.set_grad_enabled(True)
