import numpy as np
import torch

# toy data: two gaussian blobs
n = 100
X = np.r_[np.random.randn(n, 2) - 1, np.random.randn(n, 2) + 1].astype(np.float32)
t = np.r_[np.zeros(n), np.ones(n)].astype(np.float32)
X, t = torch.from_numpy(X), torch.from_numpy(t).unsqueeze(1)

w = torch.randn(2, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.1


def model(x):
    return torch.sigmoid(x @ w + b)


def bce(p, t):
    p = p.clamp(1e-6, 1 - 1e-6)
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()


for epoch in range(20):
    loss = bce(model(X), t)
    loss.backward()
    w = w - lr * w.grad
    b = b - lr * b.grad
    if epoch % 5 == 0:
        print(epoch, loss.item())
