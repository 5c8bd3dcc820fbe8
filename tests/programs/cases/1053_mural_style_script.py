import torch
from torch import nn

torch.manual_seed(0)
extract = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 3)).requires_grad_(False)
content, style = torch.rand(1, 3, 12, 12), torch.rand(1, 3, 12, 12)


def gram(f):
    b, c, h, w = f.shape
    f = f.view(c, h * w)
    return f @ f.t() / (c * h * w)


f_content, g_style = extract(content), gram(extract(style))
mural = content.clone().requires_grad_(True)
optimizer = torch.optim.Adam([mural], lr=0.05)

for step in range(3):
    optimizer.zero_grad()
    f = extract(mural)
    loss = (f - f_content).pow(2).mean() + 100 * (gram(f) - g_style).pow(2).sum()
    loss.backward()
    optimizer.step()
    mural = torch.clamp(mural, 0, 1)
    print(step, loss.item())
