import torch
from torch import nn


class WeedFocalLoss(nn.Module):
    def forward(self, classifications, regressions, annotations):
        alpha, gamma = 0.25, 2.0
        classification_losses, regression_losses = [], []
        for j in range(classifications.shape[0]):
            classification = torch.clamp(classifications[j], 1e-4, 1.0 - 1e-4)
            boxes = annotations[j]
            boxes = boxes[boxes[:, 4] != -1]
            if boxes.shape[0] == 0:
                regression_losses.append(torch.tensor(0).float())
                classification_losses.append(torch.tensor(0).float())
                continue
            targets = torch.zeros_like(classification)
            targets[: len(boxes), boxes[:, 4].long()] = 1
            weight = torch.where(targets == 1, 1 - classification, classification)
            weight = torch.where(targets == 1, alpha, 1 - alpha) * weight ** gamma
            bce = -(targets * torch.log(classification) + (1 - targets) * torch.log(1 - classification))
            classification_losses.append((weight * bce).sum() / len(boxes))
            regression_losses.append((regressions[j][: len(boxes)] - boxes[:, :4]).abs().mean())
        return torch.stack(classification_losses).mean() + torch.stack(regression_losses).mean()
