import torch
import torch.nn as nn
import torch.nn.functional as F


class GCN2(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(3, 6), nn.Linear(6, 2)

    def propagate(self, x, edge_index):
        out = torch.zeros_like(x)
        return out.index_add(0, edge_index[1], x[edge_index[0]])

    def forward(self, x, edge_index):
        x = F.relu(self.propagate(self.lin1(x), edge_index))
        return self.propagate(self.lin2(x), edge_index)


class Explainer(nn.Module):
    coeffs = {"edge_size": 0.005, "edge_ent": 1.0}

    def __init__(self, model, num_edges):
        super().__init__()
        self.model = model.eval()
        for p in self.model.parameters():
            p.requires_grad_(False)
        self.edge_mask = nn.Parameter(torch.randn(num_edges) * 0.1)

    def loss(self, x, edge_index, node_idx, label):
        keep = torch.sigmoid(self.edge_mask) > 0.5
        masked = edge_index[:, keep]
        log_logits = F.log_softmax(self.model(x, masked), dim=-1)
        out = -log_logits[node_idx, label]
        return out + self.coeffs["edge_size"] * keep.sum()
