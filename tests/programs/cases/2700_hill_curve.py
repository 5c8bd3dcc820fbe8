import torch
import torch.nn as nn


class Assay(nn.Module):
    """Response of a receptor to a dose (Hill's equation)."""

    def __init__(self):
        super().__init__()
        self.top = nn.Parameter(torch.tensor(1.0))
        self.slope = nn.Parameter(torch.tensor(1.5))
        self.mid = nn.Parameter(torch.tensor(0.9))

    def response(self, dose):
        n = self.slope.item()
        return self.top * dose ** n / (dose ** n + self.mid.abs() ** n)


def residual_energy(assay, doses, seen):
    fitted = torch.stack([assay.response(d) for d in doses])
    return torch.square(fitted - seen).sum()
