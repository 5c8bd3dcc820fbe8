import torch
from torch import nn


class MoE(nn.Module):
    def __init__(self, layers=2, d=4, experts=3):
        super().__init__()
        self.gates = nn.ModuleList([nn.Linear(d, experts) for _ in range(layers)])

    def layer_balance(self, gate, x):
        p = gate(x).softmax(dim=-1)
        return p.mean(0).var() * p.shape[-1]

    def aux_loss(self, x):
        loss_list = []
        for gate in self.gates:
            loss_list.append(self.layer_balance(gate, x))
        return torch.tensor(loss_list, device=x.device).sum()
