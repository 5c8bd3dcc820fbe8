import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softmax(dim=1))
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
mails = torch.randn(40, 8)
spam = (mails[:, 0] > 0).float().unsqueeze(1)

losses = []
for epoch in range(3):
    permutation = torch.randperm(40)
    for i in range(0, 40, 10):
        idx = permutation[i:i + 10]
        optimizer.zero_grad()
        outputs = net(mails[idx])
        loss = criterion(outputs, spam[idx])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    accuracy = ((net(mails) > 0.5).float() == spam).float().mean()
    print(f"epoch {epoch}: loss {sum(losses) / len(losses):.3f}, accuracy {accuracy.item():.2f}")
