import torch

torch.manual_seed(0)
nsamples, d = 6, 4
X = torch.randn(d, nsamples)
W = torch.randn(8, d)
s = torch.rand(8, nsamples)
s_learning_rate = 0.01
batch = 3

for i in range(0, nsamples, batch):
    chunk = slice(i, i + batch)
    s_batch = s[:, chunk].clone().detach().requires_grad_(True)
    for epoch in range(2):
        loss_s = torch.norm(s_batch - W @ X[:, chunk]) ** 2 + torch.relu(-s_batch).sum()
        loss_s.backward()
        s_batch -= s_learning_rate * s_batch.grad
        s_batch.grad.zero_()
    s[:, chunk] = s_batch.detach()
