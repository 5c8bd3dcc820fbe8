import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
data = [(torch.randn(4, 3), torch.randint(0, 2, (4,))) for _ in range(3)]

total, correct = 0.0, 0
for epoch in range(2):
    for x, y in data:
        opt.zero_grad()
        out = model(x)
        loss = nn.CrossEntropyLoss()(out, y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        total += loss.item() * len(y)
        correct += int((out.argmax(1) == y).sum())
    print(epoch, total / 12, correct)

opt.zero_grad()
nn.functional.cross_entropy(model(data[0][0]), data[0][1]).backward()
