import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(7)
xs = torch.tensor([0, 2, 3, 3, 1])
ys = torch.tensor([2, 3, 3, 1, 0])
W = torch.randn((4, 4), generator=g, requires_grad=True)
xenc = F.one_hot(xs, num_classes=4).float()

logits = xenc @ W
counts = logits.exp()
probs = counts / counts.sum(1, keepdim=True)
loss = -probs[torch.arange(5), ys].log().mean()

for step in range(3):
    W.grad = None
    loss.backward()
    W.data += -10 * W.grad
