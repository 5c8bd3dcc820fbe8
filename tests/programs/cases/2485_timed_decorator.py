import functools
import time

import torch
from torch import nn
import torch.nn.functional as F


def timed(log):
    def wrap(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            begin = time.perf_counter()
            with torch.inference_mode():
                out = fn(*args, **kwargs)
            log.append(time.perf_counter() - begin)
            return out
        return inner
    return wrap


TIMES = []


class PerceptualTerm(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
        self.features.requires_grad_(False)

    @timed(TIMES)
    def embed(self, image):
        return F.normalize(self.features(image), dim=1)

    def forward(self, image, reference):
        return (self.embed(image) - self.embed(reference)).square().mean()
