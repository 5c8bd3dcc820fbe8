import torch
from torch import nn

torch.manual_seed(5)
net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3)).eval()
probe = torch.zeros(1, 6).normal_(0, 0.1).requires_grad_()

for step in range(3):
    probe.grad = None
    score = net(probe)[0, 1]
    loss = -score + 0.01 * probe.norm()
    loss.backward()
    with torch.no_grad():
        probe += 0.1 * probe.grad.sign()
        probe.clamp_(-1, 1)
