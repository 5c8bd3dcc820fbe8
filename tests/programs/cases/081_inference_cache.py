import torch
import torch.nn.functional as F
from torch import nn


class CLIPTune(nn.Module):
    logit_scale = 10.0

    def __init__(self, d=4, classes=3):
        super().__init__()
        self.visual = nn.Linear(d, 5)
        self.register_buffer("text", F.normalize(torch.randn(5, classes), dim=0))

    def forward(self, img, y):
        with torch.inference_mode():
            feats = self.visual(img)
            feats = feats / feats.norm(dim=-1, keepdim=True)
        logits = self.logit_scale * feats @ self.text
        return F.cross_entropy(logits, y)
