import torch
from torch import nn
import torch.nn.functional as F


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(4, 16), nn.GELU())
        self.fc = nn.Linear(16, 2)

    def forward(self, x):
        return self.fc(self.features(x))


torch.manual_seed(0)
x, y = torch.randn(8, 4), torch.randint(0, 5, (8,))
net = Encoder()
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
net.fc = nn.Linear(16, 5)
opt.add_param_group({"params": net.fc.parameters(), "lr": 1e-2})
for _ in range(5):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
