import torch

mics = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
delays = torch.tensor([0.7, 0.6, 0.9])
src = torch.rand(2, requires_grad=True)
src = src.unsqueeze(0)

for _ in range(4):
    src.grad = None
    d = (src - mics).pow(2).sum(1).add(1e-8).sqrt()
    loss = (d - delays).pow(2).sum()
    loss.backward()
    src.data.sub_(0.1 * src.grad)
