import torch
from torch import nn
import torch.nn.functional as F


class TaskHead(nn.Linear):
    def loss(self, feats, labels):
        picked = [i for i, label in enumerate(labels) if label is not None]
        if len(picked) == 0:
            return {"loss": torch.tensor(0.0), "mask_size": 0}
        wanted = torch.tensor([labels[i] for i in picked])
        return {"loss": F.cross_entropy(self(feats[picked]), wanted), "mask_size": len(picked)}


class MultiTaskHead(nn.Module):
    def __init__(self, tasks, d=4):
        super().__init__()
        self.heads = nn.ModuleDict({name: TaskHead(d, n) for name, n in tasks.items()})

    def total(self, feats, samples):
        results = {}
        for name, head in self.heads.items():
            results[name] = head.loss(feats, [s.get(name) for s in samples])
        return sum(r["loss"] for r in results.values())
