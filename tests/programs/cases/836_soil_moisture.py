import torch
from torch import nn


class MoistureNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(3, 4)

    def log_content(self, core, wet):
        content = torch.sigmoid(self.lin(core)) * wet
        logs = torch.log(content)
        return torch.where(content > 0, logs, torch.full_like(logs, -6.0))

    def loss(self, core, wet, lab):
        return (self.log_content(core, wet) - lab).abs().mean()
