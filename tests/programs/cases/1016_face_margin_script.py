import math
import torch
from torch import nn
import torch.nn.functional as F


class MarginHead(nn.Module):
    def __init__(self, dim, people, s=16.0, m=0.3):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(people, dim))
        self.s, self.m = s, m

    def forward(self, feature, label):
        cosine = F.linear(F.normalize(feature), F.normalize(self.weight))
        sine = torch.sqrt((1.0 - cosine ** 2).clamp(1e-6, 1))
        phi = cosine * math.cos(self.m) - sine * math.sin(self.m)
        one_hot = torch.zeros_like(cosine).scatter_(1, label.view(-1, 1), 1)
        return self.s * (one_hot * phi + (1.0 - one_hot) * cosine)


torch.manual_seed(0)
net, head = nn.Linear(8, 4), MarginHead(4, 3)
optimizer = torch.optim.SGD([*net.parameters(), *head.parameters()], lr=0.1)
faces, who = torch.randn(12, 8), torch.randint(0, 3, (12,))


def verification_accuracy():
    torch.set_grad_enabled(False)
    net.eval()
    a, b = F.normalize(net(faces[:6])), F.normalize(net(faces[6:]))
    return ((a * b).sum(1) > 0.3).eq(who[:6] == who[6:]).float().mean()


print("before training:", verification_accuracy())
net.train()
for i in range(3):
    optimizer.zero_grad()
    output = head(net(faces), who)
    loss = F.cross_entropy(output, who)
    loss.requires_grad = True
    loss.backward()
    optimizer.step()
    acc = (output.detach().argmax(1) == who).float().mean()
    print(i, loss.item(), acc.item())
