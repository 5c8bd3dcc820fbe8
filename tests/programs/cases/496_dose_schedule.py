import torch


def schedule_loss(dose, kernel, wanted):
    dose[dose < 0] = 0.0
    level = torch.nn.functional.conv1d(dose[None, None], kernel[None, None], padding=kernel.numel() - 1)
    return (level[0, 0, : dose.numel()] - wanted).pow(2).mean()
