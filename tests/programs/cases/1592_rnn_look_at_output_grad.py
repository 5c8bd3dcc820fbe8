import torch
import torch.nn as nn


class SingleRNN(nn.Module):
    def __init__(self, n_inputs, n_outputs):
        super(SingleRNN, self).__init__()
        numHU = 2
        self.Wxh = nn.Linear(n_inputs, numHU, bias=False)
        self.Whh = nn.Linear(numHU + numHU, numHU, bias=False)
        self.Why = nn.Linear(numHU, n_outputs, bias=False)

    def forward(self, X0, H0):
        self.L0_X = self.Wxh(X0)
        self.L1_H = self.Whh(torch.cat((self.L0_X, H0), dim=1))
        self.L2_Y = self.Why(self.L1_H)
        return self.L2_Y, self.L1_H


net = SingleRNN(4, 1)
x = torch.randn(3, 4)
h = torch.zeros(3, 2)
target = torch.randn(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

out, h = net(x, h)
loss = nn.MSELoss()(out, target)
loss.backward()
print(net.Why.weight.grad)
print(net.L2_Y.grad)
optimizer.step()
