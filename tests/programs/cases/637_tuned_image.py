import torch
import torch.nn.functional as F

net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 3))
pixels = torch.rand(1, 3, 2, 2, requires_grad=True)
pixels = pixels.sub(0.5).div(0.25)
label = torch.tensor([2])

for _ in range(2):
    loss = F.cross_entropy(net(pixels), label)
    loss.backward()
    print(pixels.grad)
