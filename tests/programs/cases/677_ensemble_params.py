import torch
from torch import nn
import torch.nn.functional as F


class WeightSoup(nn.Module):
    def __init__(self, members):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.mix = nn.Parameter(torch.zeros(len(members)))
        self.net = nn.Linear(4, 3)

    def blend(self):
        w = self.mix.softmax(0)
        mixed = {}
        for name, _ in self.net.named_parameters():
            mixed[name] = sum(a * m.get_parameter(name) for a, m in zip(w, self.members))
        return mixed

    def loss(self, x, y):
        self.net.load_state_dict(self.blend())
        return F.cross_entropy(self.net(x), y)
