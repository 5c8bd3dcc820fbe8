import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class ContrastiveBase(nn.Module):
    max_log_scale = math.log(100)

    def __init__(self, temperature=0.07):
        super().__init__()
        self.logit_scale = nn.Parameter(torch.ones([]) / temperature)

    def similarity(self, a, b):
        scale = self.logit_scale.clamp(0, self.max_log_scale).exp()
        return scale * F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).t()

    def contrastive_loss(self, a, b):
        logits = self.similarity(a, b)
        labels = torch.arange(len(logits))
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2


class ImageTextModel(ContrastiveBase):
    def __init__(self, d_img=12, d_txt=9, d=8):
        super().__init__()
        self.visual = nn.Linear(d_img, d, bias=False)
        self.textual = nn.Linear(d_txt, d, bias=False)

    def forward(self, images, texts):
        return self.contrastive_loss(self.visual(images), self.textual(texts))
