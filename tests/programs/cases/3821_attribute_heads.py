import torch
from torch import nn
import torch.nn.functional as F


class AttributeModel(nn.Module):
    heads = {"age": 1, "gender": 2, "glasses": 2}

    def __init__(self, d=6):
        super().__init__()
        self.trunk = nn.Linear(d, 8)
        self.branches = nn.ModuleDict({k: nn.Linear(8, n) for k, n in self.heads.items()})

    def head_loss(self, name, h, target):
        out = self.branches[name](h)
        if out.shape[1] == 1:
            return F.mse_loss(out.squeeze(1), target.float())
        return F.cross_entropy(out, target)

    def training_step(self, batch, batch_idx=0):
        x, targets = batch
        h = F.relu(self.trunk(x))
        per_task = [self.head_loss(k, h, targets[k]) for k in self.heads]
        weights = torch.tensor([0.2, 1.0, 1.0])
        loss = torch.dot(weights, torch.tensor(per_task))
        return loss / weights.sum()
