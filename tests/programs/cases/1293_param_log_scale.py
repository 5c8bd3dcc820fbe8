import torch

torch.manual_seed(0)
events = torch.poisson(torch.full((50,), 3.0))
rate = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.LBFGS([rate], lr=0.5)


def closure():
    optimizer.zero_grad()
    nll = (rate.abs() - events * torch.log(rate.abs())).sum()
    nll.backward()
    return nll


closure()
print(rate.grad)
