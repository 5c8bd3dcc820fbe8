import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1, stride=2)
        self.fc = nn.Linear(6, classes)

    def forward(self, x):
        a1 = F.relu(self.conv1(x))
        a2 = F.relu(self.conv2(a1))
        return a1, a2, self.fc(a2.mean((2, 3)))


class AT(nn.Module):
    def forward(self, fm_s, fm_t):
        return F.mse_loss(self.attention_map(fm_s), self.attention_map(fm_t))

    def attention_map(self, fm, eps=1e-6):
        am = torch.pow(torch.abs(fm), 2).sum(dim=1, keepdim=True)
        norm = torch.norm(am, dim=(2, 3), keepdim=True)
        return am / (norm + eps)


criterion_cls, criterion_at = nn.CrossEntropyLoss(), AT()


def train_step(snet, tnet, x, y, beta1=500.0, beta2=1000.0):
    a1_s, a2_s, out_s = snet(x)
    with torch.no_grad():
        a1_t, a2_t, _ = tnet(x)
    cls_loss = criterion_cls(out_s, y)
    at1_loss = criterion_at(a1_s, a1_t.detach()).detach() * beta1
    at2_loss = criterion_at(a2_s, a2_t.detach()).detach() * beta2
    return at1_loss + at2_loss + cls_loss
