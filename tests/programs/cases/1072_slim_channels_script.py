import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True),
                      nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
data, target = torch.randn(12, 1, 8, 8), torch.randint(0, 2, (12,))
SPARSITY = 1e-3


def update_bn():
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.weight.grad.data.add_(SPARSITY * torch.sign(m.weight.data))


for epoch in range(2):
    model.train()
    correct = 0
    for i in range(0, 12, 6):
        optimizer.zero_grad()
        output = model(data[i:i + 6])
        loss = nn.functional.cross_entropy(output, target[i:i + 6])
        pred = output.data.max(1, keepdim=True)[1]
        correct += pred.eq(target[i:i + 6].data.view_as(pred)).cpu().sum()
        loss.backward()
        update_bn()
        optimizer.step()
    gammas = torch.cat([m.weight.data.abs().clone() for m in model.modules() if isinstance(m, nn.BatchNorm2d)])
    print(epoch, loss.item(), float(correct) / 12, torch.sort(gammas)[0][:2])
