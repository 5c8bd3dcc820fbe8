from typing import NamedTuple

import torch


class Forecast(NamedTuple):
    swing: torch.Tensor
    weight: torch.Tensor


def agreement(forecast, polled):
    same = torch.eq(torch.sign(forecast.swing), torch.sign(polled))
    return torch.where(same, forecast.weight, torch.zeros_like(forecast.weight)).sum()


def agreement_loss(forecast, polled):
    return 1.0 - agreement(forecast, polled) / forecast.weight.sum()
