import torch
from torch import nn
from torch.nn import functional as F


class ECELoss(nn.Module):
    def __init__(self, n_bins=10):
        super().__init__()
        edges = torch.linspace(0, 1, n_bins + 1)
        self.lowers, self.uppers = edges[:-1], edges[1:]

    def forward(self, logits, labels):
        confidences, predictions = torch.max(F.softmax(logits, dim=1), 1)
        accuracies = predictions.eq(labels)
        ece = torch.zeros(1, device=logits.device)
        for lo, up in zip(self.lowers, self.uppers):
            in_bin = confidences.gt(lo.item()) * confidences.le(up.item())
            prop_in_bin = in_bin.float().mean()
            if prop_in_bin.item() > 0:
                accuracy_in_bin = accuracies[in_bin].float().mean()
                avg_confidence = confidences[in_bin].mean()
                ece += torch.abs(avg_confidence - accuracy_in_bin) * prop_in_bin
        return ece


class ModelWithTemperature(nn.Module):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(1) * 1.5)
        self.ece = ECELoss()

    def temperature_scale(self, logits):
        temperature = self.temperature.unsqueeze(1).expand(logits.size(0), logits.size(1))
        return logits / temperature

    def calibration_loss(self, logits, labels):
        return self.ece(self.temperature_scale(logits.detach()), labels).squeeze(0)
