import torch

demand = torch.tensor([3.0, 1.0, 2.0])
routes = torch.full((3, 3), 1.0, requires_grad=True)
for i in range(3):
    routes[i, i] = 0.0

for step in range(2):
    flow = torch.softmax(routes, dim=1) * demand[:, None]
    loss = (flow.sum(0) - demand.flip(0)).pow(2).sum()
    loss.backward()
