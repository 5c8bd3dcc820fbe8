import torch

torch.manual_seed(1)
velocity = torch.tensor([120.0, 300.0, 0.0, 880.0, 450.0])
distance = torch.tensor([1.6, 4.1, 0.0, 12.4, 6.0])
h0 = torch.tensor(60.0, requires_grad=True)
opt = torch.optim.Adam([h0], lr=1.0)
away = distance > 0

for epoch in range(3):
    predicted = velocity / h0
    ratio = torch.log(predicted[away] / distance[away])
    loss = ratio.pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(h0.item())
