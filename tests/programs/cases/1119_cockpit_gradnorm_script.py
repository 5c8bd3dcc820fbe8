import torch
from torch import nn

torch.manual_seed(0)
shared = nn.Linear(5, 6)
heads = nn.ModuleList([nn.Linear(6, 1), nn.Linear(6, 2)])
task_weights = nn.Parameter(torch.ones(2))
optimizer = torch.optim.Adam([*shared.parameters(), *heads.parameters()], lr=1e-3)
weight_optimizer = torch.optim.Adam([task_weights], lr=1e-2)
x, targets = torch.randn(20, 5), [torch.randn(20, 1), torch.randn(20, 2)]
initial_losses, ALPHA = None, 0.12

for step in range(3):
    h = torch.tanh(shared(x))
    losses = torch.stack([nn.functional.mse_loss(head(h), t) for head, t in zip(heads, targets)])
    if initial_losses is None:
        initial_losses = losses.data.clone()
    weighted = task_weights * losses
    optimizer.zero_grad()
    weighted.sum().backward(retain_graph=True)
    task_weights.grad = torch.zeros_like(task_weights)

    norms = []
    for i in range(len(losses)):
        g = torch.autograd.grad(losses[i], shared.weight, retain_graph=True)[0]
        norms.append(torch.norm(task_weights[i] * g))
    norms = torch.stack(norms)
    ratio = losses.detach() / initial_losses
    inverse_rate = ratio / ratio.mean()
    constant = (norms.mean() * inverse_rate ** ALPHA).detach()
    grad_norm_loss = (norms - constant).abs().sum()
    task_weights.grad = torch.autograd.grad(grad_norm_loss, task_weights)[0]

    optimizer.step()
    weight_optimizer.step()
    task_weights.data = task_weights.data * (2 / task_weights.data.sum())
    print(step, losses.tolist(), task_weights.tolist())
