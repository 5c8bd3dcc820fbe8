import torch
from torch import nn


class TaxonomyLoss:
    def __init__(self, tree, alpha=1.0, beta=0.8, p=3.0):
        self.tree, self.alpha, self.beta, self.p = tree, alpha, beta, p
        self.ce = nn.CrossEntropyLoss()

    def check_tree(self, child, parent):
        ok = [child[i].item() in self.tree[int(parent[i])] for i in range(child.size(0))]
        return torch.FloatTensor([0.0 if good else 1.0 for good in ok])

    def lloss(self, predictions, labels):
        return self.alpha * sum(self.ce(p, y) for p, y in zip(predictions, labels))

    def dloss(self, coarse, fine, labels):
        predictions, total = [coarse, fine], 0
        for level in range(1, len(predictions)):
            child = torch.argmax(nn.Softmax(dim=1)(predictions[level]), dim=1)
            parent = torch.argmax(nn.Softmax(dim=1)(predictions[level - 1]), dim=1)
            wrong = self.check_tree(child, parent)
            l_prev = torch.where(parent == labels[level - 1], torch.zeros(1), torch.ones(1))
            l_curr = torch.where(child == labels[level], torch.zeros(1), torch.ones(1))
            total = total + torch.sum(self.p ** (wrong * l_prev) * self.p ** (wrong * l_curr) - 1)
        return self.beta * total
