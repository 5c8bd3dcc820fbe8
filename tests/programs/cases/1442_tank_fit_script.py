import torch

torch.manual_seed(0)
hours = torch.linspace(0, 3, 12)
level = 2.0 * torch.exp(-0.7 * hours) + 0.5
rates = torch.rand(3, requires_grad=True) * 0.5

for epoch in range(3):
    height, decay, rest = rates
    guess = height * torch.exp(-decay * hours) + rest
    loss = (guess - level).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        rates -= 0.1 * rates.grad
        rates.grad.zero_()
