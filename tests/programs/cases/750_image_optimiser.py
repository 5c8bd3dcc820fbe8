import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 2, 3)).requires_grad_(False)
content = torch.rand(1, 1, 8, 8)
image = content.clone().requires_grad_(True)
opt = torch.optim.Adam([image], lr=0.05)

for i in range(3):
    opt.zero_grad()
    feats = net(image)
    loss = -feats[:, 1].mean() + 0.1 * (image - content).square().mean()
    loss.backward()
    opt.step()
    with torch.no_grad():
        image.clamp_(0, 1)
        image.mul_(0.99).add_(0.01 * content)
