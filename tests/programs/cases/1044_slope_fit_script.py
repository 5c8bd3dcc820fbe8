import torch
from torch import nn
from torch.autograd import grad


class Curve(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(3, 30)
        self.lin2 = nn.Linear(30, 1)

    def forward(self, p):
        return self.lin2(nn.Tanh()(self.lin1(p)))


torch.manual_seed(0)
x = torch.randn(100, 3)
y = (5 * torch.sin(x) + 3 * torch.cos(x)).sum(dim=-1).unsqueeze(-1)
z = (5 * torch.cos(x) - 3 * torch.sin(x)).sum(dim=-1).unsqueeze(-1)
model = Curve()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
x.requires_grad = True

for epoch in range(3):
    model.train()
    optimizer.zero_grad()
    output = model(x)
    slope = grad(output.sum(), x, retain_graph=True)[0]
    loss_y = nn.MSELoss()(output, y)
    loss_z = nn.MSELoss()(slope.sum(dim=-1).unsqueeze(-1), z)
    loss = loss_y + loss_z
    loss.backward(retain_graph=True)
    optimizer.step()
    print('Loss_y = {:.4f} | Loss_z = {:.4f}.'.format(loss_y.item(), loss_z.item()))
