import torch

torch.manual_seed(2)
a, b = torch.randn(6, 3), torch.randn(6)
theta = torch.zeros(3, requires_grad=True)


def objective(t):
    return (a @ t - b).square().mean() + 0.01 * t.square().sum()


for it in range(3):
    theta.grad = None
    loss = objective(theta)
    loss.backward()
    step, start = 1.0, loss.item()
    with torch.no_grad():
        slope = theta.grad.square().sum().item()
        while objective(theta - step * theta.grad).item() > start - 0.1 * step * slope and step > 1e-4:
            step *= 0.5
        theta -= step * theta.grad
