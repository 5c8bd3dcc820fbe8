import torch
from torch import nn


class Compartment(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_k = nn.Parameter(torch.tensor([-1.0, -2.0]))

    def rates(self):
        ka, ke = torch.exp(torch.as_tensor([float(v) for v in self.log_k]))
        return ka, ke

    def loss(self, t, dose, conc):
        ka, ke = self.rates()
        curve = dose * ka / (ka - ke) * (torch.exp(-ke * t) - torch.exp(-ka * t))
        return (torch.log1p(curve) - torch.log1p(conc)).pow(2).mean()
