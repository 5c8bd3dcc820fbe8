import torch

t = torch.linspace(0, 3, 12)
y = 2.0 * torch.exp(-0.7 * t)

params = torch.tensor([1.0, 0.1], requires_grad=True).double()
for _ in range(3):
    params.grad = None
    amp, rate = params
    loss = (amp * torch.exp(-rate * t) - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        params -= 0.1 * params.grad
