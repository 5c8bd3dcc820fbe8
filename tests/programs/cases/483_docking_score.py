import torch
from torch import nn


class DockingModel(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.lig = nn.Linear(3, d)
        self.poc = nn.Linear(3, d)

    @torch.no_grad()
    def contact_map(self, ligand, pocket):
        a, b = self.lig(ligand), self.poc(pocket)
        return torch.sigmoid(a @ b.t())

    def loss(self, ligand, pocket, contacts):
        p = self.contact_map(ligand, pocket)
        return nn.functional.binary_cross_entropy(p, contacts)
