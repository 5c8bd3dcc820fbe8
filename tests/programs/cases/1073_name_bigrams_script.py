import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(42)
vocab, dim, hidden = 7, 3, 10
X, Y = torch.randint(0, vocab, (32, 2), generator=g), torch.randint(0, vocab, (32,), generator=g)

C = torch.randn((vocab, dim), generator=g)
W1 = torch.randn((2 * dim, hidden), generator=g) * (5 / 3) / (2 * dim) ** 0.5
W2 = torch.randn((hidden, vocab), generator=g) * 0.01
b2 = torch.zeros(vocab)
bngain, bnbias = torch.ones((1, hidden)), torch.zeros((1, hidden))
running_mean, running_std = torch.zeros((1, hidden)), torch.ones((1, hidden))
parameters = [C, W1, W2, b2, bngain, bnbias]
for p in parameters:
    p.requires_grad = True

lossi = []
for i in range(3):
    ix = torch.randint(0, X.shape[0], (16,), generator=g)
    hpreact = C[X[ix]].view(16, -1) @ W1
    mean_i, std_i = hpreact.mean(0, keepdim=True), hpreact.std(0, keepdim=True)
    hpreact = bngain * (hpreact - mean_i) / std_i + bnbias
    with torch.no_grad():
        running_mean = 0.999 * running_mean + 0.001 * mean_i
        running_std = 0.999 * running_std + 0.001 * std_i
    logits = torch.tanh(hpreact) @ W2 + b2
    loss = F.cross_entropy(logits, Y[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 2 else 0.01
    for p in parameters:
        p.data += -lr * p.grad
    lossi.append(loss.log10().item())
