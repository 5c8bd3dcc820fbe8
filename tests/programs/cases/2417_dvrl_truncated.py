import torch
from torch import nn, optim

torch.manual_seed(0)
policy = nn.GRUCell(3, 4)
value = nn.Linear(4, 1)
optimizer = optim.RMSprop(list(policy.parameters()) + list(value.parameters()), lr=1e-2)

num_updates, num_steps, multiplier_backprop_length = 4, 3, 2
state = torch.zeros(2, 4)
tracked = 0

for j in range(num_updates):
    values = []
    for step in range(num_steps):
        obs = torch.randn(2, 3)
        state = policy(obs, state)
        values.append(value(state))

    loss = torch.stack(values).pow(2).mean()
    optimizer.zero_grad()
    tracked += 1
    retain_graph = tracked % multiplier_backprop_length != 0
    loss.backward(retain_graph=retain_graph)
    optimizer.step()
    if not retain_graph:
        state = state.detach()
