import torch

torch.manual_seed(3)
n, d_in, hidden, d_out = 32, 6, 10, 2

inputs = torch.randn(n, d_in)
targets = torch.randn(n, d_out)

W1 = torch.randn(d_in, hidden, requires_grad=True) * 0.05
W2 = torch.randn(hidden, d_out, requires_grad=True) * 0.05
b2 = torch.zeros(d_out, requires_grad=True)
lr = 1e-2


def predict(x):
    h = (x @ W1).clamp(min=0)
    return h @ W2 + b2


loss = (predict(inputs) - targets).pow(2).mean()
loss.backward()

for name, p in (("W1", W1), ("W2", W2), ("b2", b2)):
    if p.grad is not None:
        p.data.sub_(lr * p.grad)
    print(name, tuple(p.shape))
