import torch
from torch import nn
import torch.nn.functional as F


class ProposalHead(nn.Module):
    def __init__(self, dim=5, classes=3, keep=4):
        super().__init__()
        self.objectness = nn.Linear(dim, 2)
        self.relation = nn.Linear(2 * dim, 2)
        self.semantic = nn.Linear(dim, classes)
        self.keep = keep

    def loss(self, features, obj_label, sem_label):
        obj = self.objectness(features)
        obj_loss = F.cross_entropy(obj.transpose(2, 1), obj_label, weight=torch.tensor([0.2, 0.8]))
        score = torch.softmax(obj, -1)[..., 1]
        idx_obj = torch.argsort(score, dim=1, descending=True)[:, : self.keep]
        picked = torch.gather(features, 1, idx_obj.unsqueeze(-1).expand(-1, -1, features.size(-1)))
        labels = torch.gather(sem_label, 1, idx_obj)
        a, b = picked[:, :-1], picked[:, 1:]
        same = (labels[:, :-1] == labels[:, 1:]).long()
        rel = self.relation(torch.cat([a, b], -1))
        rel_loss = F.cross_entropy(rel.reshape(-1, 2), same.reshape(-1))
        sem_loss = F.cross_entropy(self.semantic(picked).reshape(-1, 3), labels.reshape(-1))
        correct = (obj.argmax(-1) == obj_label).float().mean()
        self.log = {"obj_acc": float(correct)}
        return 0.5 * obj_loss + 0.1 * sem_loss + 0.1 * rel_loss
