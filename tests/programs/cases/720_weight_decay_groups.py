import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
decay = [p for p in net.parameters() if p.ndim > 1]
plain = [p for p in net.parameters() if p.ndim <= 1]
opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}])
ema = {n: p.detach().clone() for n, p in net.named_parameters()}

for step in range(3):
    x, y = torch.randn(6, 4), torch.randint(0, 2, (6,))
    opt.zero_grad(set_to_none=True)
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0).item()
    opt.step()
    for n, p in net.named_parameters():
        ema[n].mul_(0.9).add_(p.data, alpha=0.1)
