import torch
from torch import nn


class MemoryNet(nn.Module):
    def __init__(self, d=4, slots=3):
        super().__init__()
        self.key = nn.Linear(d, d)
        self.val = nn.Linear(d, d)
        self.slots = slots

    def loss(self, x, y):
        memory = torch.ones(self.slots, x.size(1))
        outs = []
        for i, row in enumerate(x):
            att = torch.softmax(self.key(row) @ memory.t(), dim=0)
            read = att @ memory
            memory[i] = torch.tanh(self.val(row)) * read.norm()
            outs.append(read)
        return (torch.stack(outs) - y).pow(2).mean()
