import torch

torch.manual_seed(0)
basis = torch.randn(4, 3, requires_grad=True)
data = torch.randn(10, 3)
opt = torch.optim.SGD([basis], lr=0.1)

for _ in range(2):
    basis /= basis.norm(dim=1, keepdim=True)
    code = torch.relu(data @ basis.T)
    loss = (code @ basis - data).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
