import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
victim = nn.Sequential(nn.Flatten(), nn.Linear(48, 4))
image = torch.rand(1, 3, 4, 4)
delta = nn.Parameter(torch.randint(2, 9, (1, 3, 4, 4)).float())
opt = torch.optim.SGD([delta], lr=0.1)
for step in range(3):
    adv = torch.clamp(image + delta, 0.0, 1.0)
    loss = -F.cross_entropy(victim(adv), torch.tensor([2]))
    opt.zero_grad()
    loss.backward()
    opt.step()
